import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../auth/index.js';
import { ENV, type Env } from '../../config/index.js';
import { Database, type SqlRunner } from '../../database/index.js';
import { applyPlan } from './apply-plan.js';
import { requireOneKindOfGroups } from './both-group-identifiers.js';
import type { Entry, EntryResult, MergeOptions } from './entry.js';
import { finishResults, rolledBack } from './finish-results.js';
import { loadGroups } from './load-groups.js';
import { loadSnapshot } from './load-snapshot.js';
import { lockEntries } from './lock-keys.js';
import { planMerge } from './plan-merge.js';
import { readEntry } from './read-entry.js';
import { resolveScope, type MergeDefaults } from './resolve-scope.js';

/** The one door to people: every write of a person comes through here, one entry or ten thousand. */
@Injectable()
export class MergeService {
  private readonly defaults: MergeDefaults;

  constructor(
    private readonly database: Database,
    @Inject(ENV) env: Env,
  ) {
    const policy = { conflictingRef: env.matchConflictingRef, nameGuard: env.matchNameGuard };
    this.defaults = { phoneRegion: env.defaultPhoneRegion, policy };
  }

  /**
   * Finds, merges or makes the person of each entry, in order, in one transaction. A failing entry writes nothing but
   * its place in the queue, and does not stop the others.
   * @returns one result per entry, in their order
   * @throws BothGroupIdentifiersError before anything is read or written
   */
  async run(entries: readonly Entry[], actor: Actor, options: MergeOptions): Promise<EntryResult[]> {
    requireOneKindOfGroups(entries);
    return this.database.transaction((tx) => this.runIn(tx, entries, actor, options));
  }

  /** The same in a transaction that is open already, such as that of several operations. */
  async runIn(
    tx: SqlRunner,
    entries: readonly Entry[],
    actor: Actor,
    options: MergeOptions,
  ): Promise<EntryResult[]> {
    requireOneKindOfGroups(entries);
    const groups = await loadGroups(tx, entries, actor);
    const scoped = entries.map((source) => {
      const scope = resolveScope(source, actor, groups, options, this.defaults);
      return { scope, entry: readEntry(source, scope.region) };
    });
    const sound = scoped.filter(({ entry, scope }) => entry.errors.length + scope.errors.length === 0);
    const searched = sound.map(({ entry }) => entry);
    await lockEntries(tx, searched);
    const snapshot = await loadSnapshot(
      tx,
      searched,
      scoped.map(({ scope }) => scope),
      actor,
    );
    const plan = planMerge(scoped, snapshot, actor, options);
    const undone = options.atomic && plan.results.some(({ outcome }) => outcome === 'failed');
    if (undone) return rolledBack(finishResults(plan, undefined));
    const { requestId } = options;
    return finishResults(plan, options.dryRun ? undefined : await applyPlan(tx, plan, { actor, requestId }));
  }
}
