import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import { requireGroupAdmin, type GroupMembershipWrites } from '../groups/index.js';
import { JsonApiError, notFound, Registry, type Problem } from '../jsonapi/index.js';
import {
  authorizeCreation,
  authorizeRemoval,
  authorizeUpdate,
  pointerIn,
  type Draft,
  type OperationContext,
  type Written,
} from '../jsonapi/operations/index.js';
import { ChangePerson } from './change-person.js';
import { membershipInput } from './membership-input.js';
import { archivedMembership } from './memberships.js';
import { requireChangeable } from './person-rights.js';

/** Memberships at their own URL: what is asked is an entry about their person. */
@Injectable()
export class WriteGroupMembership implements GroupMembershipWrites {
  constructor(
    private readonly registry: Registry,
    private readonly people: ChangePerson,
  ) {}

  /** Once for each person and group: posting it again answers the one there is, back from the archive. */
  async create(tx: Transaction, context: OperationContext<Actor>, draft: Draft): Promise<Written> {
    const personId = String(draft.relationships['person']);
    const archived = await archivedMembership(tx, context.actor, personId, draft);
    if (archived === undefined) {
      await authorizeCreation(tx, this.registry, context, draft);
      // A group of one's own would make whom one only reads one's own to change.
      await requireChangeable(tx, context.actor, personId, pointerIn(draft)('person'));
    }
    const membership = inputOf(draft);
    await this.people.change(tx, context, personId, {
      memberships: [membership],
      archivedMembershipId: archived,
      pointers: { entry: draft.pointer },
    });
    const { groupId = null, groupExternalRef = null } = membership;
    const [made] = await tx.query<{ id: string; group_id: string; made: boolean }>(sql`
      select m.id, m.group_id, m.created_at = now() as made
      from group_memberships m join groups g on g.id = m.group_id
      where m.person_id = ${personId}::bigint
        and (g.id = ${groupId}::bigint or (${groupId}::bigint is null and g.external_ref = ${groupExternalRef}))`);
    if (!made) throw notFound(context.resource, '');
    // By its reference the group is only known now; what is refused here is undone.
    requireGroupAdmin(context.actor, made.group_id, draft.pointer);
    return { id: made.id, created: made.made };
  }

  async update(
    tx: Transaction,
    context: OperationContext<Actor>,
    id: string,
    draft: Draft,
  ): Promise<Written> {
    const row = await authorizeUpdate(tx, this.registry, context, id, draft);
    const membership = inputOf({ ...draft, id }, String(row['group_id']));
    await this.people.change(tx, context, String(row['person_id']), {
      memberships: [membership],
      pointers: { entry: draft.pointer },
    });
    return { id, created: false };
  }

  async remove(tx: Transaction, context: OperationContext<Actor>, id: string): Promise<void> {
    const row = await authorizeRemoval(tx, this.registry, context, id);
    const removals = [{ kind: 'group_membership' as const, id }];
    const { outcome } = await this.people.change(tx, context, String(row['person_id']), { removals });
    if (outcome === 'unchanged') throw notFound(context.resource, id);
  }
}

function inputOf(draft: Draft, groupId?: string): ReturnType<typeof membershipInput> {
  const problems: Problem[] = [];
  const input = membershipInput(draft, problems, groupId);
  if (problems.length > 0) throw new JsonApiError(problems);
  return input;
}
