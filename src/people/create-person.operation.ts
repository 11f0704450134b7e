import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import { Registry } from '../jsonapi/index.js';
import type { CreateOperation, Draft, OperationContext, Written } from '../jsonapi/operations/index.js';
import { besideEntry, draftToEntry } from './draft-to-entry.js';
import { readMatchParameters } from './match-parameters.js';
import { groupsOfRecords } from './memberships.js';
import {
  MergeService,
  type Entry,
  type EntryResult,
  type MatchReport,
  type MergeOptions,
} from './merge/index.js';
import { refusalOf } from './refusal-of.js';
import { reportAlong, unmade } from './report-along.js';
import { withoutMade } from './tried-answer.js';
import { ignoredIn } from './unknown-attributes.js';

/** `POST /people`: the person that is meant, found and merged, or made; all of it or nothing. */
@Injectable()
export class CreatePerson implements CreateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly merge: MergeService,
  ) {}

  async create(tx: Transaction, context: OperationContext<Actor>, draft: Draft): Promise<Written> {
    const { dryRun, options } = optionsOf(context);
    const [entry] = (await this.entriesOf(tx, context, [draft], 0)) as [Entry];
    const [result] = (await this.merge.runIn(tx, [entry], context.actor, { ...options, dryRun })) as [
      EntryResult,
    ];
    const written = writtenBy(result, draft, context);
    const rest = besideEntry(draft);
    if (written.refusal) return written;
    if (dryRun && (rest.length > 0 || result.outcome === 'updated'))
      return this.tryOut(tx, context, entry, written, rest);
    if (rest.length === 0) return written;
    const match = written.meta?.['match'] as MatchReport;
    const report = () => reportAlong(tx, context.actor, match, written.id ?? '', context.requestId, rest);
    return { ...written, rest, afterRest: async () => ({ meta: { match: await report() } }) };
  }

  /** @param first the place in the request of the first one */
  async createAll(
    tx: Transaction,
    context: OperationContext<Actor>,
    drafts: readonly Draft[],
    first: number,
  ): Promise<Written[]> {
    const { dryRun, options } = optionsOf(context);
    const entries = await this.entriesOf(tx, context, drafts, first);
    const results = await this.merge.runIn(tx, entries, context.actor, { ...options, dryRun });
    return results.map((result, i) => writtenBy(result, drafts[i] as Draft, context));
  }

  private async entriesOf(
    tx: Transaction,
    { actor }: OperationContext<Actor>,
    drafts: readonly Draft[],
    first: number,
  ): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (const draft of drafts) {
      const groupsOf = await groupsOfRecords(tx, this.registry, actor, draft);
      entries.push({ ...draftToEntry(draft, { groupsOf }), index: first + entries.length });
    }
    return entries;
  }

  /** What would be shown, and what other rooms would write, cannot be planned: it is written, and undone when it is shown. */
  private async tryOut(
    tx: Transaction,
    context: OperationContext<Actor>,
    entry: Entry,
    tried: Written,
    rest: readonly Draft[],
  ): Promise<Written> {
    await tx.query(sql`savepoint tried`);
    const [real] = await this.merge.runIn(tx, [entry], context.actor, optionsOf(context).options);
    const id = real?.personId ?? '';
    return {
      ...tried,
      ...{ id, rest },
      afterRest: async () => {
        const report = tried.meta?.['match'] as MatchReport;
        const match = await reportAlong(tx, context.actor, report, id, context.requestId, rest);
        return { id: tried.id, meta: { match: unmade(match, rest, tried.id) } };
      },
      afterShown: async (answer) => {
        const told = await withoutMade(tx, this.registry, answer);
        await tx.query(sql`rollback to savepoint tried`);
        return told;
      },
    };
  }
}

function optionsOf({ query, lenient, requestId }: OperationContext<Actor>) {
  const { dryRun, policy } = readMatchParameters(query.own);
  const options: MergeOptions = {
    policy,
    requestId,
    creationFromNamesAlone: true,
    unknownGroups: lenient ? 'skip' : 'refuse',
    personalWithoutGroup: lenient,
  };
  return { dryRun, options };
}

function writtenBy(result: EntryResult, draft: Draft, { lenient }: OperationContext<Actor>): Written {
  const match = { ...result.match, warnings: [...ignoredIn(draft), ...result.match.warnings] };
  const created = result.outcome === 'created';
  return { id: result.personId, created, meta: { match }, refusal: refusalOf(result, lenient) };
}
