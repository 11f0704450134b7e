import sql, { type Sql } from 'sql-template-tag';
import { groupsFor, mayIn, type Actor } from '../auth/index.js';
import { JsonApiError, type ResourcePolicy } from '../jsonapi/index.js';

/** A user of a group reads it, an owner changes and deletes it; a child needs an admin of the parent. */
export const groupPolicy: ResourcePolicy<Actor> = {
  readable(actor: Actor, row: Sql): Sql {
    const groups = groupsFor(actor, 'group', 'read');
    return groups === 'all' ? sql`true` : sql`${row}.id = any(${groups}::bigint[])`;
  },

  create({ actor, values, pointerTo }) {
    if (actor.personId === null && typeof values['parent_id'] !== 'string')
      throw JsonApiError.of('forbidden', 'An API client owns no group; name a parent that it administers.', {
        pointer: pointerTo('parent'),
      });
    requireParentRights(actor, values['parent_id'], pointerTo('parent'));
  },

  async update({ actor, tx, row, values, pointerTo }) {
    requireRight(actor, 'update', String(row?.['id']), 'Only an owner changes a group.');
    const parentId = values['parent_id'];
    requireParentRights(actor, parentId, pointerTo('parent'));
    if (parentId !== undefined) requireFormerParentRights(actor, row?.['parent_id'], pointerTo('parent'));
    if (typeof parentId !== 'string') return;
    // Two moves at once could close a circle that neither sees.
    await tx.query(sql`select pg_advisory_xact_lock(hashtextextended('groups.parent', 0))`);
    const above = await tx.query(sql`
      with recursive above (id, parent_id) as (
        select id, parent_id from groups where id = ${parentId}::bigint
        union
        select g.id, g.parent_id from groups g join above on g.id = above.parent_id)
      select from above where id = ${row?.['id']}::bigint`);
    if (above.length > 0)
      throw JsonApiError.of('contradiction', 'A group cannot stand below itself; choose another parent.', {
        pointer: pointerTo('parent'),
      });
  },

  async remove({ actor, tx, row }) {
    requireRight(actor, 'remove', String(row?.['id']), 'Only an owner deletes a group.');
    const children = await tx.query(sql`select from groups where parent_id = ${row?.['id']}::bigint limit 1`);
    if (children.length > 0)
      throw JsonApiError.of('group_in_use', 'The group has child groups; move or delete them first.');
  },
};

function requireParentRights(actor: Actor, parentId: unknown, pointer: string | undefined): void {
  if (typeof parentId === 'string')
    requireRight(actor, 'create', parentId, 'A child group needs an admin of its parent.', pointer);
}

/** Whoever administers the parent has rights in the child, which its owner does not take away; she may not even see it. */
function requireFormerParentRights(actor: Actor, parentId: unknown, pointer: string | undefined): void {
  const detail = 'A group is taken from where it stands by an admin of its parent.';
  if (typeof parentId === 'string') requireRight(actor, 'create', parentId, detail, pointer);
}

type GroupVerb = 'create' | 'update' | 'remove';

function requireRight(
  actor: Actor,
  verb: GroupVerb,
  groupId: string,
  detail: string,
  pointer?: string,
): void {
  if (!mayIn(actor, 'group', verb, groupId))
    throw JsonApiError.of('forbidden', detail, pointer ? { pointer } : undefined);
}
