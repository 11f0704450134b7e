import { Injectable } from '@nestjs/common';
import sql, { join, raw } from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import type { ResourcePolicy } from '../jsonapi/index.js';
import type { OperationContext, PlannedWrite, PrepareWrites } from '../jsonapi/operations/index.js';
import { pointsOf } from './contact-point.operation.js';
import { draftToEntry } from './draft-to-entry.js';
import { isId, MergeService, type Entry } from './merge/index.js';

/** Before several writes about people and what is part of them: the keys of all, then the rows, as every door does it. */
@Injectable()
export class PreparePeople implements PrepareWrites {
  constructor(private readonly merge: MergeService) {}

  async prepare(
    tx: Transaction,
    { actor }: Omit<OperationContext<Actor>, 'resource'>,
    writes: readonly PlannedWrite[],
  ): Promise<void> {
    const owners = [...new Set([...(await storedOwners(tx, actor, writes)), ...writes.flatMap(namedOwners)])];
    const entries = [...writes.flatMap(entryOf), ...owners.map((personId) => about({ personId }))];
    await this.merge.lock(tx, entries, actor);
  }
}

/** Columns or relationships by which something is part of a person. */
const endsOf = ({ resource }: PlannedWrite): readonly string[] => resource.partOf ?? [];

/** Whom a new part is said to belong to. */
const namedOwners = (write: PlannedWrite): string[] =>
  endsOf(write).flatMap((name) => {
    const end = write.draft?.relationships[name];
    return typeof end === 'string' && isId(end) ? [end] : [];
  });

/** Whose the stored parts are; of those that the actor may read: of others nobody is locked. */
async function storedOwners(
  tx: Transaction,
  actor: Actor,
  writes: readonly PlannedWrite[],
): Promise<string[]> {
  const owners: string[] = [];
  for (const resource of new Set(writes.map((write) => write.resource))) {
    const ids = writes.flatMap(({ resource: its, id }) => (its === resource && id !== undefined ? [id] : []));
    const columns = endsOf({ resource }).flatMap((name) => {
      const end = resource.relationships[name];
      return end?.kind === 'to-one' && end.column ? [raw(end.column)] : [];
    });
    if (ids.length === 0 || columns.length === 0) continue;
    const rows = await tx.query<{ owners: string[] }>(
      sql`select array[${join(columns)}] as owners from ${raw(resource.table)} t
        where t.id = any(${ids}::bigint[]) and (${(resource.policy as ResourcePolicy<Actor>).readable(actor, raw('t'))})`,
    );
    owners.push(...rows.flatMap((row) => row.owners));
  }
  return owners;
}

function entryOf({ resource, id, draft }: PlannedWrite): Entry[] {
  switch (resource.type) {
    case 'person':
      return [draft ? draftToEntry(draft, { personId: id, groupsOf: new Map() }) : about({ personId: id })];
    case 'email_address':
    case 'phone_number':
      return draft ? [about(pointsOf(draft, undefined))] : [];
    default:
      return [];
  }
}

const about = (what: Partial<Entry>): Entry => ({
  ...{ index: 0, attributes: {}, assignments: [], pointers: {} },
  ...what,
});
