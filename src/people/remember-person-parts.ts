import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { Row, Transaction } from '../database/index.js';
import type { OperationContext, PartChange, RememberParts } from '../jsonapi/operations/index.js';
import { insertHistory, joinSides, type Sides } from './merge/index.js';

interface Kept extends Sides {
  readonly id: string;
  readonly person_id: string;
}

/**
 * Keeps what other operations than the merge room change of the records of people: with what the request has changed of
 * the same person before, as one change.
 */
@Injectable()
export class RememberPersonParts implements RememberParts {
  async remember(
    tx: Transaction,
    author: OperationContext<Actor>,
    changes: readonly PartChange[],
  ): Promise<void> {
    const sides = new Map<string, Sides>();
    for (const change of changes)
      sides.set(change.wholeId, joinSides(sides.get(change.wholeId), sidesOf(change)));
    const kept = await tx.query<Kept>(sql`
      select distinct on (person_id) id, person_id, before, after from person_changes
      where person_id = any(${[...sides.keys()]}::bigint[]) and xmin = pg_current_xact_id()::xid
        and request_id is not distinct from ${author.requestId}
      order by person_id, person_changes.id desc`);
    for (const { id, person_id: personId, ...first } of kept) {
      const { before, after } = joinSides(first, sides.get(personId));
      sides.delete(personId);
      await tx.query(sql`
        update person_changes set before = ${JSON.stringify(before)}::jsonb, after = ${JSON.stringify(after)}::jsonb
        where id = ${id}::bigint`);
    }
    const rows = [...sides].map(([personId, both]) => ({ personId, action: 'updated', ...both }));
    await insertHistory(tx, rows, author);
  }
}

const sidesOf = ({ part, before, after }: PartChange): Sides => ({
  before: { [part.table]: before ? [told(before)] : [] },
  after: { [part.table]: after ? [told(after)] : [] },
});

/** When and how often a row was written is not what it says. */
function told({ created_at: _made, updated_at: _written, version: _version, ...row }: Row): Row {
  return row;
}
