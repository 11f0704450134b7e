import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Database } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { ResourcePolicy } from '../resource/define-resource.js';
import { Registry } from '../resource/registry.js';
import { identifier } from '../store/compile-select.js';
import { forbidden } from './create-resource.js';
import type { OperationContext, RemoveOperation } from './operation.js';
import { lockRow } from './write-columns.js';

/** DELETE of a type that is nothing but its row. */
@Injectable()
export class RemoveResource implements RemoveOperation {
  constructor(
    private readonly database: Database,
    private readonly registry: Registry,
  ) {}

  async remove({ resource, actor }: OperationContext, id: string): Promise<void> {
    const policy = resource.policy as ResourcePolicy;
    await this.database.transaction(async (tx) => {
      const row = await lockRow(tx, this.registry, actor, resource, id);
      if (!row) throw JsonApiError.of('not_found', `There is no ${resource.type} "${id}" that you can read.`);
      if (!policy.remove) throw forbidden(resource.type, 'deleted');
      await policy.remove({ actor, tx, row, values: {} });
      await tx.query(sql`delete from ${identifier(resource.table)} where id = ${id}::bigint`);
    });
  }
}
