import sql, { raw, type Sql } from 'sql-template-tag';

/** Rights per group, weakest last. A contact has none. */
export const ROLES = ['owner', 'admin', 'user', 'contact'] as const;
export type Role = (typeof ROLES)[number];
/** A role that has rights. */
export type RoleWithRights = Exclude<Role, 'contact'>;

/** Who asks: the user or the API client of the session, with the rights of the moment. Read anew for every request. */
export interface Actor {
  /** Null for an API client. */
  readonly userId: string | null;
  /** Null for an API client, which is no person. */
  readonly personId: string | null;
  /** Of an API client: it acts as a user with the memberships that it was given. */
  readonly clientId?: string;
  readonly sessionId: string;
  readonly superAdmin: boolean;
  /**
   * The highest role in every group that the actor reaches, descendants included; ids are decimal strings. Groups of
   * a contact are not among them: what its own memberships open, a policy asks of the table.
   */
  readonly roles: ReadonlyMap<string, Role>;
  /** Groups with a live membership of the actor's own (of a client: given to it), of role user or more. */
  readonly ownGroupIds: readonly string[];
  /** Too many people are within reach to begin a list with them. A hint for plans, some seconds old; rights are not. */
  readonly reachesMany?: boolean;
}

/** The same for every session of a user, another for every other caller. */
export const callerKey = ({ userId, clientId }: Actor): string =>
  clientId === undefined ? `user:${userId}` : `client:${clientId}`;

const EVERYTHING = 'everything';

/** What the actor may by memberships of its own, as a text: `7:admin 12:user`. What is below moves with its groups. */
export function reachText({ superAdmin, roles, ownGroupIds }: Actor): string {
  return superAdmin ? EVERYTHING : ownGroupIds.map((id) => `${id}:${roles.get(id)}`).join(' ');
}

/** Whether the actor may all that a {@link reachText} says, or more. */
export function stillReaches({ superAdmin, roles }: Actor, kept: string): boolean {
  if (superAdmin || kept === '') return true;
  if (kept === EVERYTHING) return false;
  return kept.split(' ').every((part) => {
    const [id = '', role] = part.split(':');
    return atLeast(roles.get(id), role as Role);
  });
}

/** What the two columns that say who made a row begin with: `created_by_id` a person, `created_by_client_id` a client. */
export type Maker = 'created_by' | 'assigned_by' | 'actor';

/** The actor as the maker of a new row. */
export const makerColumns = ({ personId, clientId }: Actor, maker: Maker): Record<string, string | null> => ({
  [`${maker}_id`]: personId,
  [`${maker}_client_id`]: clientId ?? null,
});

/** The condition that the actor made the row. */
export const madeBy = ({ personId, clientId }: Actor, row: Sql, maker: Maker): Sql =>
  clientId === undefined
    ? sql`${row}.${raw(`${maker}_id`)} = ${personId}::bigint`
    : sql`${row}.${raw(`${maker}_client_id`)} = ${clientId}::bigint`;

/** True when `role` is `wanted` or more. */
export const atLeast = (role: Role | undefined, wanted: Role): boolean =>
  role !== undefined && ROLES.indexOf(role) <= ROLES.indexOf(wanted);

/** The groups of an actor by role, once they were asked for: every statement of a request asks several times. */
const known = new WeakMap<Actor, Map<RoleWithRights, readonly string[]>>();

/** The groups in which the actor holds `wanted` or more; `'all'` for a super admin. */
export function groupsWhere(actor: Actor, wanted: RoleWithRights): 'all' | readonly string[] {
  if (actor.superAdmin) return 'all';
  const groups = known.get(actor) ?? new Map<RoleWithRights, readonly string[]>();
  known.set(actor, groups);
  const found =
    groups.get(wanted) ?? [...actor.roles.keys()].filter((id) => atLeast(actor.roles.get(id), wanted));
  groups.set(wanted, found);
  return found;
}
