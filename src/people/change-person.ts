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

  /** Rights are the caller's to ask. @throws JsonApiError for what the rules refuse; then nothing is written */
  async change(
    tx: Transaction,
    { actor, lenient, requestId, precondition }: OperationContext<Actor>,
    personId: string,
    changes: Partial<Entry>,
    unknownGroups: MergeOptions['unknownGroups'] = 'refuse',
  ): Promise<EntryResult> {
    const entry = { index: 0, attributes: {}, assignments: [], pointers: {}, ...changes, personId };
    const [result] = (await this.merge.runIn(tx, [entry], actor, {
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
