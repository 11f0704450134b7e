import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../auth/index.js';
import { ENV, type Env } from '../../config/index.js';
import { Database, together, type SqlRunner, type Transaction } from '../../database/index.js';
import { applyPlan } from './apply-plan.js';
import { requireOneKindOfGroups } from './both-group-identifiers.js';
import type { Entry, EntryResult, MergeOptions } from './entry.js';
import { crowdedAmong, type CrowdedKeys } from './crowded-keys.js';
import { finishResults, rolledBack } from './finish-results.js';
import { loadGroups } from './load-groups.js';
import { loadSnapshot, lockReached } from './load-snapshot.js';
import { lockEntries, lockNamed } from './lock-keys.js';
import { keysOf } from './normal-entry.js';
import { planMerge, type ScopedEntry } from './plan-merge.js';
import { readEntry } from './read-entry.js';
import { Statistics } from './renew-statistics.js';
import { resolveScope, type MergeDefaults } from './resolve-scope.js';
import { sharingScopes } from './share-scopes.js';
import { withMakers } from './snapshot.js';
import { soughtBy, type Sought } from './sought.js';

/**
 * Entries of a transaction. Others wait for the keys of a chunk as long as it takes, some 100 ms; fewer cost more
 * statements for each entry, more save hardly any.
 */
export const CHUNK_SIZE = 500;

/** Where only the scope and the keys of an entry matter. */
const ANY_DOOR: MergeOptions = { creationFromNamesAlone: false, unknownGroups: 'skip' };

/** A list that may be made as it is needed. */
export interface Sliceable<T> {
  readonly length: number;
  slice(from: number, to: number): readonly T[];
}

/** Some of the entries of a request, at the end of their transaction. */
export interface DoneChunk<Sent, Kept> {
  readonly sent: readonly Sent[];
  readonly results: EntryResult[];
  /** What was made of the chunks before it, which are committed. */
  readonly before: readonly Kept[];
  readonly isLast: boolean;
}

/** Whom the entries have made. */
const madeBy = (results: readonly EntryResult[]): [personId: string, index: number][] =>
  results.flatMap(({ outcome, personId, index }) =>
    outcome === 'created' && personId !== undefined ? [[personId, index] as [string, number]] : [],
  );

/** The one door to people: every write of a person comes through here, one entry or ten thousand. */
@Injectable()
export class MergeService {
  private readonly defaults: MergeDefaults;
  private readonly statistics = new Statistics();

  constructor(
    private readonly database: Database,
    @Inject(ENV) env: Env,
  ) {
    const policy = { conflictingRef: env.matchConflictingRef, nameGuard: env.matchNameGuard };
    this.defaults = { phoneRegion: env.defaultPhoneRegion, policy };
  }

  /**
   * Finds, merges or makes the person of each entry, in order. A failing entry writes nothing but its place in the
   * queue, and does not stop the others. Many entries are committed chunk by chunk: where one dies, those before it
   * stay, and sending all of them again completes it. What stands or falls as one, or is only tried, is one chunk.
   * @returns one result per entry, in their order
   * @throws BothGroupIdentifiersError before anything is read or written
   */
  async run(entries: readonly Entry[], actor: Actor, options: MergeOptions): Promise<EntryResult[]> {
    requireOneKindOfGroups(entries);
    const sent = entries.map((entry) => ({ entry }));
    const all = (_tx: SqlRunner, { results }: { results: EntryResult[] }) => Promise.resolve(results);
    return (await this.runInChunks(sent, actor, options, all)).flat();
  }

  /**
   * The same for so many entries that neither they nor their results are held at once: each chunk is made when it is its
   * turn, and its results are given to `keep` at the end of its transaction, again when that is tried again.
   * @param keep throws to refuse the rest
   * @returns what `keep` made of each chunk
   */
  async runInChunks<Sent extends { readonly entry: Entry }, Kept>(
    sent: Sliceable<Sent>,
    actor: Actor,
    options: MergeOptions,
    keep: (tx: SqlRunner, chunk: DoneChunk<Sent, Kept>) => Promise<Kept>,
  ): Promise<Kept[]> {
    const size = options.atomic || options.dryRun ? sent.length : CHUNK_SIZE;
    const makers = new Map<string, number>();
    const before: Kept[] = [];
    // Nothing at all is one chunk too: it has an end.
    for (let from = 0; from === 0 || from < sent.length; from += Math.max(size, 1)) {
      const chunk = sent.slice(from, from + size);
      const entries = chunk.map(({ entry }) => entry);
      requireOneKindOfGroups(entries);
      const isLast = from + size >= sent.length;
      const [kept, made] = await this.database.transaction(async (tx) => {
        const results = await this.runChunk(tx, entries, actor, options, makers);
        return [await keep(tx, { sent: chunk, results, before, isLast }), madeBy(results)];
      });
      for (const [personId, index] of made) makers.set(personId, index);
      before.push(kept);
    }
    return before;
  }

  /** The same in a transaction that is open already, such as that of several operations. */
  async runIn(
    tx: Transaction,
    entries: readonly Entry[],
    actor: Actor,
    options: MergeOptions,
  ): Promise<EntryResult[]> {
    requireOneKindOfGroups(entries);
    return this.runChunk(tx, entries, actor, options, new Map());
  }

  /**
   * Locks all that the entries can meet, for several calls of {@link runIn} in one transaction: one after the other they
   * would lock in an order of their own.
   */
  async lock(tx: Transaction, entries: readonly Entry[], actor: Actor): Promise<void> {
    const { scoped, crowds } = await this.scoped(tx, entries, actor, ANY_DOOR);
    const read = scoped.map(({ entry }) => entry);
    lockNamed(tx, read, actor);
    await lockEntries(tx, read, actor);
    const scopes = scoped.map(({ scope }) => scope);
    await lockReached(tx, read, scopes, actor, crowds);
  }

  /** How an entry would be looked for, in one statement. */
  async soughtBy(source: Entry, actor: Actor): Promise<Sought> {
    const groups = await loadGroups(this.database, [source], actor);
    const scope = resolveScope(source, actor, groups, ANY_DOOR, this.defaults);
    return soughtBy(readEntry(source, scope.region), scope);
  }

  /** The region of a phone may be that of a group: only then its crowd is not seen, which costs time and nothing else. */
  private async scoped(
    tx: SqlRunner,
    entries: readonly Entry[],
    actor: Actor,
    options: MergeOptions,
  ): Promise<{ scoped: ScopedEntry[]; crowds: CrowdedKeys }> {
    const { phoneRegion } = this.defaults;
    const read = entries.map((source) => readEntry(source, phoneRegion));
    const [groups, crowds] = await together(loadGroups(tx, entries, actor), crowdedAmong(tx, keysOf(read)));
    const scopeOf = sharingScopes((source) => resolveScope(source, actor, groups, options, this.defaults));
    const scoped = read.map((entry) => {
      const scope = scopeOf(entry.source);
      const fits = scope.region === phoneRegion || !entry.source.phones;
      return { scope, entry: fits ? entry : readEntry(entry.source, scope.region) };
    });
    return { scoped, crowds };
  }

  /** @param makers which entry of the request made whom, of the people of earlier chunks */
  private async runChunk(
    tx: Transaction,
    entries: readonly Entry[],
    actor: Actor,
    options: MergeOptions,
    makers: ReadonlyMap<string, number>,
  ): Promise<EntryResult[]> {
    const { scoped, crowds } = await this.scoped(tx, entries, actor, options);
    const sound = scoped.filter(({ entry, scope }) => entry.errors.length + scope.errors.length === 0);
    const searched = sound.map(({ entry }) => entry);
    await lockEntries(tx, searched, actor);
    const scopes = scoped.map(({ scope }) => scope);
    const snapshot = withMakers(await loadSnapshot(tx, searched, scopes, actor, crowds), makers);
    await options.underLock?.(tx);
    const plan = planMerge(scoped, snapshot, actor, options);
    const undone = options.atomic && plan.results.some(({ outcome }) => outcome === 'failed');
    if (undone) return rolledBack(finishResults(plan, undefined));
    const { requestId } = options;
    if (options.dryRun) return finishResults(plan, undefined);
    const applied = await applyPlan(tx, plan, { actor, requestId });
    await this.statistics.count(tx, plan.changes.filter(({ before }) => before === null).length);
    return finishResults(plan, applied);
  }
}
