import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import { Registry } from '../jsonapi/index.js';
import type { CreateOperation, Draft, OperationContext, Written } from '../jsonapi/operations/index.js';
import { besideEntry, draftToEntry } from './draft-to-entry.js';
import { readMatchParameters } from './match-parameters.js';
import { groupsOfRecords } from './memberships.js';
import { MergeService, type Entry } from './merge/index.js';
import { refusalOf } from './refusal-of.js';
import { reportAlong } from './report-along.js';
import { ignoredIn } from './unknown-attributes.js';

/** `POST /people`: the person that is meant, found and merged, or made; all of it or nothing. */
@Injectable()
export class CreatePerson implements CreateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly merge: MergeService,
  ) {}

  async create(tx: Transaction, context: OperationContext<Actor>, draft: Draft): Promise<Written> {
    const [written] = (await this.createAll(tx, context, [draft], 0)) as [Written];
    return written;
  }

  /** @param first the place in the request of the first one */
  async createAll(
    tx: Transaction,
    { actor, query, lenient, requestId }: OperationContext<Actor>,
    drafts: readonly Draft[],
    first: number,
  ): Promise<Written[]> {
    const { dryRun, policy } = readMatchParameters(query.own);
    const entries: Entry[] = [];
    for (const draft of drafts) {
      const groupsOf = await groupsOfRecords(tx, this.registry, actor, draft);
      entries.push({ ...draftToEntry(draft, { groupsOf }), index: first + entries.length });
    }
    const results = await this.merge.runIn(tx, entries, actor, {
      dryRun,
      policy,
      requestId,
      creationFromNamesAlone: true,
      unknownGroups: lenient ? 'skip' : 'refuse',
      personalWithoutGroup: lenient,
    });
    return results.map((result, i) => {
      const draft = drafts[i] as Draft;
      const { personId: id } = result;
      const match = { ...result.match, warnings: [...ignoredIn(draft), ...result.match.warnings] };
      const rest = dryRun ? [] : besideEntry(draft);
      return {
        id,
        created: result.outcome === 'created',
        meta: { match },
        rest,
        metaAfterRest: async () => ({ match: await reportAlong(tx, match, id ?? '', requestId, rest) }),
        refusal: refusalOf(result, lenient),
      };
    });
  }
}
