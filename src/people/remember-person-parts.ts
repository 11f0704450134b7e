import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { Row, Transaction } from '../database/index.js';
import type { OperationContext, PartChange, RememberParts } from '../jsonapi/operations/index.js';
import { keepReferences } from './keep-references.js';
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
    for (const [personId, both] of await keepReferences(tx, changes.flatMap(leavingMembership)))
      sides.set(personId, joinSides(sides.get(personId), both));
    const kept = await tx.query<Kept>(sql`
      select distinct on (person_id) id, person_id, before, after from person_changes
      where person_id = any(${[...sides.keys()]}::bigint[]) and created_at = now()
        and request_id is not distinct from ${author.requestId}
      order by person_id, person_changes.id desc`);
    if (kept.length > 0)
      await rewrite(
        tx,
        kept.map((first) => ({ id: first.id, ...joinSides(first, sides.get(first.person_id)) })),
      );
    for (const { person_id: personId } of kept) sides.delete(personId);
    const rows = [...sides].map(([personId, both]) => ({ personId, action: 'updated', ...both }));
    insertHistory(tx, rows, author);
  }
}

/** The membership that ends, as it was. */
const leavingMembership = ({ part, before, after }: PartChange): Row[] =>
  part.table === 'group_memberships' && before && !after ? [before] : [];

/** Says anew what changes of this transaction did. */
const rewrite = (tx: Transaction, changes: readonly (Sides & { id: string })[]): Promise<unknown> =>
  tx.query(sql`
    update person_changes set before = said.before, after = said.after
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as said (id bigint, before jsonb, after jsonb)
    where person_changes.id = said.id`);

const sidesOf = ({ part, before, after }: PartChange): Sides => ({
  before: { [part.table]: before ? [told(before)] : [] },
  after: { [part.table]: after ? [told(after)] : [] },
});

/** When and how often a row was written is not what it says. */
function told({ created_at: _made, updated_at: _written, version: _version, ...row }: Row): Row {
  return row;
}
