import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { AssignablePeople } from '../contact-assignments/index.js';
import type { Transaction } from '../database/index.js';
import { readableUnassigned } from './readable-person.js';

/** Those whom the actor reads otherwise than by an assignment. */
@Injectable()
export class PeopleReadUnassigned implements AssignablePeople {
  async has(tx: Transaction, actor: Actor, personId: string): Promise<boolean> {
    const rows = await tx.query(
      sql`select from people p where p.id = ${personId}::bigint and ${readableUnassigned(actor, raw('p'))}`,
    );
    return rows.length > 0;
  }
}
