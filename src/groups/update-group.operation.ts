import { Injectable } from '@nestjs/common';
import { SignInLimit, type Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import {
  UpdateResource,
  type Draft,
  type OperationContext,
  type UpdateOperation,
  type Written,
} from '../jsonapi/operations/index.js';
import { countingTaken } from './taken-references.js';

/** PATCH of a group. */
@Injectable()
export class UpdateGroup implements UpdateOperation {
  constructor(
    private readonly generic: UpdateResource,
    private readonly limit: SignInLimit,
  ) {}

  update(tx: Transaction, context: OperationContext<Actor>, id: string, draft: Draft): Promise<Written> {
    return countingTaken(this.limit, context.actor, () => this.generic.update(tx, context, id, draft));
  }
}
