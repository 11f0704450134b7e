import type { Actor } from '../../auth/index.js';
import { requireCreationRule } from './creation-rule.js';
import { ATTRIBUTES, entryError, pointerTo, type EntryResult, type MergeOptions } from './entry.js';
import { warn, type EntryDraft, type PairNote } from './entry-draft.js';
import { findHits } from './find-hits.js';
import { holdEntry } from './hold-entry.js';
import { LIMITS, type Limits } from './limits.js';
import { ambiguityAdvice, mismatchAdvice } from './match-advice.js';
import { firstNamesDiffer, matchPerson, type Decision } from './match-person.js';
import type { HeldEntry, MergePlan, PlannedChange } from './merge-plan.js';
import { MergeState } from './merge-state.js';
import type { NormalEntry } from './normal-entry.js';
import { isOnlyAssigned, sameRows, type Attributes, type PersonState } from './person-state.js';
import { planAssignments } from './plan-assignments.js';
import { planAttributes } from './plan-attributes.js';
import { planContactPoints } from './plan-contact-points.js';
import { planExternalRef } from './plan-external-ref.js';
import { planMemberships } from './plan-memberships.js';
import { planPairs } from './plan-pairs.js';
import { planRemovals } from './plan-records.js';
import { doneResult, failedResult, toldOf } from './plan-result.js';
import type { Scope } from './resolve-scope.js';
import type { Snapshot } from './snapshot.js';

export interface ScopedEntry {
  readonly entry: NormalEntry;
  readonly scope: Scope;
}

/**
 * Decides what becomes of the entries: walks them in order, each sees what the earlier ones did, and one that fails
 * leaves no trace for the later ones. Pure: the same entries and the same snapshot make the same plan.
 */
export function planMerge(
  entries: readonly ScopedEntry[],
  snapshot: Snapshot,
  actor: Actor,
  options: MergeOptions,
  limits: Limits = LIMITS,
): MergePlan {
  const walk = new Walk(new MergeState(snapshot, actor, limits), actor, options);
  const results = entries.map(({ entry, scope }) => walk.plan(entry, scope));
  return { results, ...walk.written };
}

class Walk {
  readonly written = {
    changes: [] as PlannedChange[],
    pairs: [] as PairNote[],
    held: [] as HeldEntry[],
    freedMembershipIds: [] as string[],
  };

  constructor(
    readonly state: MergeState,
    readonly actor: Actor,
    readonly options: MergeOptions,
  ) {}

  plan(entry: NormalEntry, scope: Scope): EntryResult {
    const errors = [...entry.errors, ...scope.errors];
    if (errors.length > 0) return failedResult(entry, entry.keys, scope, errors);
    return entry.source.personId === undefined ? this.match(entry, scope) : this.patch(entry, scope);
  }

  /** A named person: no matching, the same rules of writing. */
  private patch(entry: NormalEntry, scope: Scope): EntryResult {
    const { personId = '' } = entry.source;
    const person = this.state.get(personId);
    if (person) return this.write(this.draft(entry, scope, person, 'patch'));
    const error = entryError(
      'not_found',
      `There is no person ${personId}.`,
      pointerTo(entry.source, 'entry'),
    );
    return failedResult(entry, entry.keys, scope, [error]);
  }

  private match(entry: NormalEntry, scope: Scope): EntryResult {
    const keys = entry.keys;
    const decision = matchPerson(entry, keys, scope, findHits(entry, keys, scope, this.state), this.state);
    if (decision.kind === 'ambiguous') return this.hold(entry, scope, decision);
    if (decision.kind === 'nobody') {
      const draft = this.draft(entry, scope, null, 'create');
      return this.write(draft, decision);
    }
    if (isOnlyAssigned(decision.hit.person, this.actor)) return this.refuseAssigned(entry, scope, decision);
    const draft = this.draft(entry, scope, decision.hit.person, 'match');
    if (decision.matchedBy !== 'external_ref' && firstNamesDiffer(decision.hit, entry))
      warn(
        draft,
        'name_mismatch',
        mismatchAdvice(entry, decision.hit, draft),
        pointerTo(entry.source, 'first_name'),
      );
    return this.write(draft, decision);
  }

  private refuseAssigned(entry: NormalEntry, scope: Scope, decision: Decision): EntryResult {
    const detail = 'This is somebody whom you look after, and only read: who made her changes her.';
    const error = entryError('forbidden', detail, pointerTo(entry.source, 'entry'));
    return failedResult(entry, entry.keys, scope, [error], toldOf(decision, this.state.limits));
  }

  private hold(entry: NormalEntry, scope: Scope, decision: Decision & { kind: 'ambiguous' }): EntryResult {
    const keys = entry.keys;
    const held = holdEntry(entry, keys, scope, decision, this);
    this.written.held.push(held);
    const detail = ambiguityAdvice(entry, decision, { scope, state: this.state });
    const error = entryError('ambiguous_match', detail, pointerTo(entry.source, 'entry'), {
      candidate_ids: held.candidateIds,
    });
    return failedResult(entry, keys, scope, [error], toldOf(decision, this.state.limits));
  }

  private draft(
    entry: NormalEntry,
    scope: Scope,
    before: PersonState | null,
    mode: EntryDraft['mode'],
  ): EntryDraft {
    const notes = { warnings: [], errors: [], pairs: [], assignments: [], freedMembershipIds: [] };
    const person = before ?? this.newPerson(entry.source.index);
    return { entry, keys: entry.keys, scope, state: this.state, mode, before, person, ...notes };
  }

  private newPerson(index: number): PersonState {
    return {
      id: this.state.newIds.next(),
      attributes: Object.fromEntries(ATTRIBUTES.map((name) => [name, null])) as Attributes,
      externalRef: null,
      createdById: this.actor.personId,
      ...(this.actor.clientId !== undefined && { createdByClientId: this.actor.clientId }),
      hasLogin: false,
      assignedToActor: false,
      emails: [],
      phones: [],
      memberships: [],
      madeByIndex: index,
    };
  }

  private write(draft: EntryDraft, decision?: Decision): EntryResult {
    planAttributes(draft);
    planContactPoints(draft);
    planExternalRef(draft);
    planMemberships(draft);
    planRemovals(draft);
    planAssignments(draft);
    if (draft.errors.length === 0) requireCreationRule(draft, this.options.creationFromNamesAlone);
    if (draft.errors.length > 0)
      return failedResult(
        draft.entry,
        draft.keys,
        draft.scope,
        draft.errors,
        decision && toldOf(decision, this.state.limits),
      );
    if (decision) planPairs(draft, decision);
    return doneResult(draft, this.commit(draft), decision);
  }

  /** Only here the state moves on. */
  private commit(draft: EntryDraft): 'created' | 'updated' | 'unchanged' {
    const { before, person, assignments, mode, entry } = draft;
    this.written.pairs.push(...draft.pairs);
    if (before && assignments.length === 0 && isSame(before, person)) return 'unchanged';
    assignments.forEach((assignment) => this.state.putAssignment(assignment));
    const toActor = assignments.some(
      ({ assignedToId, personId }) => assignedToId === this.actor.personId && personId === person.id,
    );
    const after = { ...person, assignedToActor: person.assignedToActor || toActor };
    this.state.put(after);
    const action = mode === 'create' ? 'created' : mode === 'match' ? 'matched' : 'updated';
    this.written.changes.push({ index: entry.source.index, action, before, after, assignments });
    this.written.freedMembershipIds.push(...draft.freedMembershipIds);
    return before ? 'updated' : 'created';
  }
}

/** In all that an entry can change. */
const isSame = (one: PersonState, other: PersonState): boolean =>
  one.externalRef === other.externalRef &&
  ATTRIBUTES.every((name) => one.attributes[name] === other.attributes[name]) &&
  sameRows(one.emails, other.emails) &&
  sameRows(one.phones, other.phones) &&
  sameRows(one.memberships, other.memberships);
