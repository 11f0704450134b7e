import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import {
  Registry,
  type CreateOperation,
  type Draft,
  type OperationContext,
  type Written,
} from '../jsonapi/index.js';
import { besideEntry, draftToEntry } from './draft-to-entry.js';
import { readMatchParameters } from './match-parameters.js';
import { groupsOfRecords } from './memberships.js';
import { MergeService, type EntryResult } from './merge/index.js';
import { refusalOf } from './refusal-of.js';

/** `POST /people`: the person that is meant, found and merged, or made; all of it or nothing. */
@Injectable()
export class CreatePerson implements CreateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly merge: MergeService,
  ) {}

  async create(
    tx: Transaction,
    { actor, query, lenient, requestId }: OperationContext<Actor>,
    draft: Draft,
  ): Promise<Written> {
    const { dryRun, policy } = readMatchParameters(query.own);
    const groupsOf = await groupsOfRecords(tx, this.registry, actor, draft);
    const entry = draftToEntry(draft, { groupsOf });
    const [result] = (await this.merge.runIn(tx, [entry], actor, {
      dryRun,
      policy,
      requestId,
      creationFromNamesAlone: true,
      unknownGroups: lenient ? 'skip' : 'refuse',
      personalWithoutGroup: lenient && !entry.groups && !entry.memberships,
    })) as [EntryResult];
    const created = result.outcome === 'created';
    const refusal = refusalOf(result, lenient);
    const rest = dryRun ? [] : besideEntry(draft);
    return { id: result.personId, created, meta: { match: result.match }, rest, refusal };
  }
}
