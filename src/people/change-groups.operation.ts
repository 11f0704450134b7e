import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import type {
  LinkageDraft,
  OperationContext,
  RelationshipChange,
  RelationshipOperation,
  Written,
} from '../jsonapi/operations/index.js';
import { ChangePerson } from './change-person.js';
import { membershipsToLeave } from './memberships.js';
import { requireChangeable } from './person-rights.js';

/**
 * PATCH, POST and DELETE of `/people/:id/relationships/groups`. Who joins a group becomes a contact of it, or comes back
 * from its archive; who leaves it loses her membership, by an administrator of the group.
 */
@Injectable()
export class ChangeGroups implements RelationshipOperation {
  constructor(private readonly people: ChangePerson) {}

  async change(
    tx: Transaction,
    context: OperationContext<Actor>,
    id: string,
    _name: string,
    kind: RelationshipChange,
    { ends, pointer }: LinkageDraft,
  ): Promise<Written> {
    await requireChangeable(tx, context.actor, id);
    const ids = ends as readonly string[];
    if (kind !== 'add') await this.people.lock(tx, context, id);
    const leaving = kind === 'add' ? [] : await membershipsToLeave(tx, context.actor, id, kind, ids);
    const { match } = await this.people.change(tx, context, id, {
      groups: kind === 'remove' || ids.length === 0 ? undefined : { ids },
      removals: leaving.map((removal) => ({ ...removal, pointer })),
      // Adding says which ones it could not add; a replacement is complete or refused.
      skipTakenRefs: kind === 'add',
      pointers: {
        ...{ entry: pointer, groups: pointer },
        ...Object.fromEntries(ids.map((_, i) => [`groups/${i}`, `${pointer}/${i}`])),
      },
    });
    const { warnings } = match;
    return { id, created: false, ...(warnings.length > 0 && { meta: { warnings } }) };
  }
}
