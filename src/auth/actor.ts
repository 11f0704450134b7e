/** Rights per group, weakest last. A contact has none. */
export const ROLES = ['owner', 'admin', 'user', 'contact'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks: the user of the session, with the rights of the moment. Read anew for every request. */
export interface Actor {
  readonly userId: string;
  readonly personId: string;
  readonly sessionId: string;
  readonly superAdmin: boolean;
  /** The highest role in every group that the actor reaches, descendants included; ids are decimal strings. */
  readonly roles: ReadonlyMap<string, Role>;
  /** Groups with a live membership of the actor's own, of role user or more. */
  readonly ownGroupIds: readonly string[];
}

/** The same for every session of a user, another for every other caller. */
export const callerKey = ({ userId }: Actor): string => `user:${userId}`;

/** True when `role` is `wanted` or more. */
export const atLeast = (role: Role | undefined, wanted: Role): boolean =>
  role !== undefined && ROLES.indexOf(role) <= ROLES.indexOf(wanted);

/** The groups in which the actor holds `wanted` or more; `'all'` for a super admin. */
export function groupsWhere(actor: Actor, wanted: Role): 'all' | string[] {
  if (actor.superAdmin) return 'all';
  return [...actor.roles].filter(([, role]) => atLeast(role, wanted)).map(([groupId]) => groupId);
}
