import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import type { OperationContext } from '../jsonapi/operations/index.js';
import { MergeService, type Entry, type EntryResult, type MergeOptions } from './merge/index.js';
import { refusalOf } from './refusal-of.js';

/** A change of somebody who is named, by whichever door: an entry of the merge room, which has the rules of writing. */
@Injectable()
export class ChangePerson {
  constructor(private readonly merge: MergeService) {}

  /** Locks all that a change can meet: what it depends on is read after that, when nobody else changes it. */
  lock(
    tx: Transaction,
    { actor }: OperationContext<Actor>,
    personId: string,
    changes: Partial<Entry> = {},
  ): Promise<void> {
    return this.merge.lock(tx, [entryAbout(personId, changes)], actor);
  }

  /** Rights are the caller's to ask. @throws JsonApiError for what the rules refuse; then nothing is written */
  async change(
    tx: Transaction,
    { actor, lenient, requestId, precondition }: OperationContext<Actor>,
    personId: string,
    changes: Partial<Entry>,
    unknownGroups: MergeOptions['unknownGroups'] = 'refuse',
  ): Promise<EntryResult> {
    const [result] = (await this.merge.runIn(tx, [entryAbout(personId, changes)], actor, {
      requestId,
      underLock: precondition,
      creationFromNamesAlone: true,
      unknownGroups,
    })) as [EntryResult];
    const refusal = refusalOf(result, lenient);
    if (refusal) throw refusal;
    return result;
  }
}

const entryAbout = (personId: string, changes: Partial<Entry>): Entry => ({
  ...{ index: 0, attributes: {}, assignments: [], pointers: {} },
  ...changes,
  personId,
});
