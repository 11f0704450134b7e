import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import {
  JsonApiError,
  type Draft,
  type OperationContext,
  type UpdateOperation,
  type Written,
} from '../jsonapi/index.js';
import { draftToEntry } from './draft-to-entry.js';
import { MergeService, type EntryResult } from './merge/index.js';
import { personRights } from './person-rights.js';
import { refusalOf } from './refusal-of.js';

/** `PATCH /people/:id`: through the merge room as well, so that keys, history and rules are the same. */
@Injectable()
export class UpdatePerson implements UpdateOperation {
  constructor(private readonly merge: MergeService) {}

  async update(
    tx: Transaction,
    { resource, actor, lenient, requestId, precondition }: OperationContext<Actor>,
    id: string,
    draft: Draft,
  ): Promise<Written> {
    const rights = await personRights(tx, actor, id);
    if (!rights)
      throw JsonApiError.of('not_found', `There is no ${resource.type} "${id}" that you can read.`);
    if (!rights.change)
      throw JsonApiError.of('forbidden', 'Users of a group of this person change her; you only read her.');
    const [result] = (await this.merge.runIn(tx, [draftToEntry(draft, id)], actor, {
      requestId,
      underLock: precondition,
      creationFromNamesAlone: true,
      unknownGroups: lenient ? 'skip' : 'refuse',
    })) as [EntryResult];
    return { id, created: false, refusal: refusalOf(result, lenient) };
  }
}
