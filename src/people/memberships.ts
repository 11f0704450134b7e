import sql from 'sql-template-tag';
import { groupsFor, type Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import { requireGroupAdmin } from '../groups/index.js';
import { notFound, type Registry } from '../jsonapi/index.js';
import { findRow, type Draft, type RelationshipChange } from '../jsonapi/operations/index.js';
import type { Removal } from './merge/index.js';

/** The groups of the memberships that a draft brings along with their ids. @throws JsonApiError 404, 403 */
export async function groupsOfRecords(
  tx: Transaction,
  registry: Registry,
  actor: Actor,
  { included }: Draft,
): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  for (const { resource, id, pointer } of included) {
    if (resource.type !== 'group_membership' || id === undefined) continue;
    const row = await findRow(tx, registry, actor, resource, id);
    if (!row) throw notFound(resource, id, { pointer: `${pointer}/id` });
    requireGroupAdmin(actor, String(row['group_id']), pointer);
    groups.set(id, String(row['group_id']));
  }
  return groups;
}

/**
 * Whether the draft takes the person out of the archive of a group that the caller administers: with that she is hers to
 * change, though until then she may be out of sight.
 */
export async function bringsBack(
  tx: Transaction,
  actor: Actor,
  personId: string,
  { included }: Draft,
): Promise<boolean> {
  const ids = included
    .filter(
      ({ resource, attributes }) =>
        resource.type === 'group_membership' && attributes['archived_at'] === null,
    )
    .flatMap(({ id }) => id ?? []);
  if (ids.length === 0) return false;
  const admins = groupsFor(actor, 'group_membership', 'update');
  const rows = await tx.query(sql`
    select from group_memberships
    where person_id = ${personId}::bigint and archived_at is not null and id::text = any(${ids}::text[])
      and ${admins === 'all' ? sql`true` : sql`group_id = any(${admins}::bigint[])`}`);
  return rows.length > 0;
}

/**
 * The memberships that end when the groups of a person become others, or lose some. The caller means the groups that
 * she sees; of the rest she knows nothing.
 */
export async function membershipsToLeave(
  tx: Transaction,
  actor: Actor,
  personId: string,
  kind: Exclude<RelationshipChange, 'add'>,
  groupIds: readonly string[],
): Promise<Removal[]> {
  const reach = groupsFor(actor, 'group', 'read');
  const named = sql`group_id::text = any(${groupIds}::text[])`;
  const seen = reach === 'all' ? sql`true` : sql`group_id = any(${reach}::bigint[])`;
  const rows = await tx.query<{ id: string }>(sql`
    select id from group_memberships
    where person_id = ${personId}::bigint and archived_at is null and ${seen}
      and ${kind === 'replace' ? sql`not ${named}` : named} order by id`);
  return rows.map(({ id }) => ({ kind: 'group_membership', id }));
}
