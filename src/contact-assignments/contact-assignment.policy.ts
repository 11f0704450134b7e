import sql, { type Sql } from 'sql-template-tag';
import { groupsFor, madeBy, mayIn, type Actor } from '../auth/index.js';
import { JsonApiError, type ResourcePolicy } from '../jsonapi/index.js';

/** Those of one's groups, and those that one is an end or the maker of. Users of the group write them. */
export const contactAssignmentPolicy: ResourcePolicy<Actor> = {
  readable(actor: Actor, row: Sql): Sql {
    const groups = groupsFor(actor, 'contact_assignment', 'read');
    if (groups === 'all') return sql`true`;
    const me = actor.personId;
    return sql`${row}.assigned_to_id = ${me}::bigint or ${row}.person_id = ${me}::bigint
      or (${row}.group_id is null and ${madeBy(actor, row, 'assigned_by')}) or ${row}.group_id = any(${groups}::bigint[])`;
  },

  create({ actor, values, pointerTo }) {
    requireTwoPeople(values, pointerTo());
    requireGroupRights(actor, values['group_id']);
  },

  update({ actor, row, values, pointerTo }) {
    requireTwoPeople({ ...row, ...values }, pointerTo());
    requireGroupRights(actor, row?.['group_id']);
    requireGroupRights(actor, values['group_id']);
    requirePersonalRights(actor, row);
    requireOwnHanding(actor, row, values);
  },

  remove({ actor, row }) {
    requireGroupRights(actor, row?.['group_id']);
    requirePersonalRights(actor, row);
  },
};

function requireTwoPeople(
  { assigned_to_id: assignee, person_id: person }: Readonly<Record<string, unknown>>,
  pointer: string | undefined,
): void {
  if (!assignee || !person)
    throw JsonApiError.of('invalid_assignment', 'Name both `assigned_to` and `person`.', { pointer });
  if (assignee === person)
    throw JsonApiError.of('invalid_assignment', 'Nobody is assigned to themselves; name two people.', {
      pointer,
    });
}

function requireGroupRights(actor: Actor, groupId: unknown): void {
  if (typeof groupId === 'string' && !mayIn(actor, 'contact_assignment', 'update', groupId))
    throw JsonApiError.of('forbidden', 'Assignments of a group are written by its users.');
}

/** An assignment without a group belongs to who made it and to who looks after the person. */
function requirePersonalRights(actor: Actor, row: Readonly<Record<string, unknown>> | undefined): void {
  const personal = row?.['group_id'] === null;
  const mine = isMaker(actor, row) || (actor.personId !== null && row?.['assigned_to_id'] === actor.personId);
  if (personal && !mine && !actor.superAdmin)
    throw JsonApiError.of('forbidden', 'Only its maker and its assignee change a personal assignment.');
}

/**
 * There is one for each maker: who hands on, or makes personal, one of somebody else would learn whether that one has
 * the same already.
 */
function requireOwnHanding(
  actor: Actor,
  row: Readonly<Record<string, unknown>> | undefined,
  values: Readonly<Record<string, unknown>>,
): void {
  const personal = { ...row, ...values }['group_id'] === null;
  const handed = 'assigned_to_id' in values || 'group_id' in values;
  if (personal && handed && !isMaker(actor, row) && !actor.superAdmin)
    throw JsonApiError.of(
      'forbidden',
      'Only its maker gives a personal assignment to somebody else, or makes one of a group personal.',
    );
}

const isMaker = (
  { personId, clientId }: Actor,
  row: Readonly<Record<string, unknown>> | undefined,
): boolean =>
  clientId === undefined
    ? personId !== null && row?.['assigned_by_id'] === personId
    : row?.['assigned_by_client_id'] === clientId;
