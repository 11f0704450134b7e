import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { groupsFor, type Actor } from '../auth/index.js';
import { contactAssignmentPolicy } from '../contact-assignments/index.js';
import type { Row, Transaction } from '../database/index.js';
import { JsonApiError } from '../jsonapi/index.js';
import type { OperationContext, RemoveOperation } from '../jsonapi/operations/index.js';
import { keepReferences } from './keep-references.js';
import { insertHistory, lockPeople, type Sides } from './merge/index.js';
import { personRights, type PersonRights } from './person-rights.js';

/**
 * `DELETE /people/:id`: out of every group that the caller administers; without any membership left the person is
 * deleted, unless she has a login: she then stays as herself.
 */
@Injectable()
export class RemovePerson implements RemoveOperation {
  async remove(tx: Transaction, context: OperationContext<Actor>, id: string): Promise<void> {
    const { actor } = context;
    // Before the locks, so that nobody else's time tells of whom one may not delete; and what holds under them.
    await removalRights(tx, actor, id);
    await lockPeople(tx, [id], actor);
    const rights = await removalRights(tx, actor, id);
    const { removableMemberships: memberships, otherMemberships, hasLogin } = rights;
    await context.precondition?.(tx);
    await requireAnotherOwner(tx, memberships);
    const gone = otherMemberships === 0 && !hasLogin;
    const { before, after } = gone ? await this.end(tx, id) : { before: {}, after: {} };
    const lost = hasLogin || rights.seenElsewhere ? [] : await this.endAssignments(tx, actor, id, gone);
    const removed = await tx.query(
      sql`delete from group_memberships where id = any(${memberships}::bigint[]) returning *`,
    );
    if (!gone && removed.length === 0) return;
    const rows = {
      ...(removed.length > 0 && { group_memberships: removed }),
      ...(lost.length > 0 && { contact_assignments: lost }),
    };
    const kept = (await keepReferences(tx, removed)).get(id);
    const action = gone ? 'deleted' : 'left_groups';
    const sides = { before: { ...rows, ...before, ...kept?.before }, after: { ...after, ...kept?.after } };
    insertHistory(tx, [{ personId: id, action, ...sides }], context);
  }

  /** The person stops to live; contact points stay with the row for the history, but meet nobody any more. */
  private async end(tx: Transaction, id: string): Promise<Sides> {
    const [after = {}] = await tx.query(
      sql`update people set deleted_at = now() where id = ${id}::bigint returning deleted_at`,
    );
    return { before: { deleted_at: null }, after };
  }

  /**
   * Whether she stays in groups out of the caller's sight must not show: what the caller reads of her assignments goes
   * with her in any case, but for those of groups of others; all of them when she is deleted.
   */
  private endAssignments(tx: Transaction, actor: Actor, id: string, gone: boolean): Promise<Row[]> {
    const groups = groupsFor(actor, 'contact_assignment', 'remove');
    const own =
      groups === 'all' ? sql`true` : sql`(a.group_id is null or a.group_id = any(${groups}::bigint[]))`;
    const readable = contactAssignmentPolicy.readable(actor, raw('a'));
    return tx.query(sql`
      delete from contact_assignments a
      where (a.person_id = ${id}::bigint or a.assigned_to_id = ${id}::bigint)
        and ${gone ? sql`true` : sql`${own} and (${readable})`}
      returning *`);
  }
}

/** @throws JsonApiError 404, 403 */
async function removalRights(tx: Transaction, actor: Actor, id: string): Promise<PersonRights> {
  const rights = await personRights(tx, actor, id);
  if (!rights) throw JsonApiError.of('not_found', `There is no person "${id}" that you can read.`);
  if (rights.removableMemberships.length === 0 && !rights.owned)
    throw JsonApiError.of('forbidden', 'Admins of a group of this person delete her.');
  if (rights.outranks)
    throw JsonApiError.of(
      'forbidden',
      'Nobody takes a role above their own away; an owner deletes an owner.',
    );
  return rights;
}

/** The last owner of a group stays. The owners' rows are locked, so that two do not leave at once. */
async function requireAnotherOwner(tx: Transaction, leaving: readonly string[]): Promise<void> {
  const owners = await tx.query<{ id: string; group_id: string }>(sql`
    select o.id, o.group_id from group_memberships o
    where o.role = 'owner' and o.archived_at is null and o.group_id in (
      select m.group_id from group_memberships m where m.id = any(${leaving}::bigint[]) and m.role = 'owner')
    order by o.id for update`);
  const staying = new Set(owners.filter(({ id }) => !leaving.includes(id)).map((owner) => owner.group_id));
  if (owners.some((owner) => !staying.has(owner.group_id)))
    throw JsonApiError.of(
      'last_owner',
      'The last owner of a group stays; make somebody else an owner first.',
    );
}
