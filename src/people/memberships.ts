import sql from 'sql-template-tag';
import { groupsFor, type Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import { requireGroupAdmin } from '../groups/index.js';
import { notFound, type Registry } from '../jsonapi/index.js';
import { findRow, type Draft, type RelationshipChange } from '../jsonapi/operations/index.js';
import { isId, type MembershipInput, type Removal } from './merge/index.js';

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
 * The membership in the archive of a group that the caller administers, which a new one would bring back: the person may
 * be out of sight otherwise, and so is hers to bring back by POST as by PATCH.
 */
export async function archivedMembership(
  tx: Transaction,
  actor: Actor,
  personId: string,
  { relationships, attributes }: Draft,
): Promise<string | undefined> {
  const { group } = relationships;
  if (!isId(personId) || (typeof group === 'string' && !isId(group))) return undefined;
  const ref = typeof group === 'string' ? null : (attributes['group_external_ref'] ?? null);
  const admins = groupsFor(actor, 'group_membership', 'update');
  const [archived] = await tx.query<{ id: string }>(sql`
    select m.id from group_memberships m join people p on p.id = m.person_id join groups g on g.id = m.group_id
    where m.person_id = ${personId}::bigint and m.archived_at is not null and p.deleted_at is null
      and (g.id = ${group ?? null}::bigint or g.external_ref = ${ref}::text)
      and ${admins === 'all' ? sql`true` : sql`m.group_id = any(${admins}::bigint[])`}`);
  return archived?.id;
}

/**
 * The memberships that end when the groups of a person become others, or lose some. The caller means the groups that
 * she sees; of the rest she knows nothing.
 * @param along memberships that the request brings along: their groups are named as well
 */
export async function membershipsToLeave(
  tx: Transaction,
  actor: Actor,
  personId: string,
  kind: Exclude<RelationshipChange, 'add'>,
  groupIds: readonly string[],
  along: readonly MembershipInput[] = [],
): Promise<Removal[]> {
  const reach = groupsFor(actor, 'group', 'read');
  const ids = [...groupIds, ...along.flatMap(({ groupId }) => groupId ?? [])];
  const refs = along.flatMap(({ groupExternalRef }) => groupExternalRef ?? []);
  const named = sql`(group_id::text = any(${ids}::text[])
    or group_id in (select id from groups where external_ref = any(${refs}::text[])))`;
  const seen = reach === 'all' ? sql`true` : sql`group_id = any(${reach}::bigint[])`;
  const rows = await tx.query<{ id: string }>(sql`
    select id from group_memberships
    where person_id = ${personId}::bigint and archived_at is null and ${seen}
      and ${kind === 'replace' ? sql`not ${named}` : named} order by id`);
  return rows.map(({ id }) => ({ kind: 'group_membership', id }));
}
