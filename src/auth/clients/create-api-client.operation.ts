import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/index.js';
import { Registry } from '../../jsonapi/index.js';
import {
  authorizeCreation,
  CreateResource,
  type CreateOperation,
  type Draft,
  type OperationContext,
  type Written,
} from '../../jsonapi/operations/index.js';
import { newClientSecret, secretHash } from './client-secret.js';

/** `POST /api_clients`: its secret is made here, shown once, and kept as a hash. */
@Injectable()
export class CreateApiClient implements CreateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly generic: CreateResource,
  ) {}

  async create(tx: Transaction, context: OperationContext, draft: Draft): Promise<Written> {
    const secret = newClientSecret();
    const values = await authorizeCreation(tx, this.registry, context, draft);
    const row = { ...values, secret_hash: secretHash(secret) };
    const written = await this.generic.insert(tx, context, draft, row);
    return { ...written, once: { client_secret: secret } };
  }
}
