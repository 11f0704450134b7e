import sql, { type Sql } from 'sql-template-tag';
import { JsonApiError, type ResourcePolicy } from '../../jsonapi/index.js';
import type { Actor } from '../actor.js';

/** For super admins only: a client may have rights in any group. One that was revoked is gone, but for what it made. */
export const apiClientPolicy: ResourcePolicy<Actor> = {
  readable: ({ superAdmin }: Actor, row: Sql): Sql =>
    superAdmin ? sql`${row}.revoked_at is null` : sql`false`,
  create: ({ actor }) => requireSuperAdmin(actor),
  update: ({ actor }) => requireSuperAdmin(actor),
  remove: ({ actor }) => requireSuperAdmin(actor),
};

function requireSuperAdmin({ superAdmin }: Actor): void {
  if (!superAdmin) throw JsonApiError.of('forbidden', 'API clients are made by super admins.');
}
