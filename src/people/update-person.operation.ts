import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import { Registry } from '../jsonapi/index.js';
import type { Draft, OperationContext, UpdateOperation, Written } from '../jsonapi/operations/index.js';
import { ChangePerson } from './change-person.js';
import { besideEntry, draftToEntry } from './draft-to-entry.js';
import { bringsBack, groupsOfRecords, membershipsToLeave } from './memberships.js';
import { requireChangeable } from './person-rights.js';

/** `PATCH /people/:id`: through the merge room as well, so that keys, history and rules are the same. */
@Injectable()
export class UpdatePerson implements UpdateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly people: ChangePerson,
  ) {}

  async update(
    tx: Transaction,
    context: OperationContext<Actor>,
    id: string,
    draft: Draft,
  ): Promise<Written> {
    const { actor, lenient } = context;
    if (!(await bringsBack(tx, actor, id, draft))) await requireChangeable(tx, actor, id);
    const groupsOf = await groupsOfRecords(tx, this.registry, actor, draft);
    const entry = draftToEntry(draft, { personId: id, groupsOf });
    const groups = draft.relationships['groups'] as readonly string[] | undefined;
    if (groups) await this.people.lock(tx, context, id, entry);
    const removals =
      groups && (await membershipsToLeave(tx, actor, id, 'replace', groups, entry.memberships));
    await this.people.change(tx, context, id, { ...entry, removals }, lenient ? 'skip' : 'refuse');
    return { id, created: false, rest: besideEntry(draft) };
  }
}
