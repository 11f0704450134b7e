import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Transaction } from '../../database/index.js';
import { Registry } from '../../jsonapi/index.js';
import {
  authorizeRemoval,
  type OperationContext,
  type RemoveOperation,
} from '../../jsonapi/operations/index.js';

/** `DELETE /api_clients/:id`: its tokens are refused from now on; what it made still says that it did. */
@Injectable()
export class RevokeApiClient implements RemoveOperation {
  constructor(private readonly registry: Registry) {}

  async remove(tx: Transaction, context: OperationContext, id: string): Promise<void> {
    await tx.query(sql`select from api_clients where id = ${id}::bigint for no key update`);
    await authorizeRemoval(tx, this.registry, context, id);
    await context.precondition?.(tx);
    await tx.query(sql`update api_clients set revoked_at = now() where id = ${id}::bigint`);
    await tx.query(
      sql`update sessions set revoked_at = now() where api_client_id = ${id}::bigint and revoked_at is null`,
    );
  }
}
