import sql from 'sql-template-tag';
import type { Actor } from '../../auth/index.js';
import type { Transaction } from '../../database/index.js';
import type { RealId } from './allocate-ids.js';
import { ATTRIBUTES } from './entry.js';
import type { Sides } from './join-sides.js';
import type { PlannedChange } from './merge-plan.js';
import {
  differing,
  type AssignmentState,
  type EmailState,
  type MembershipState,
  type PersonState,
  type PhoneState,
} from './person-state.js';

type Side = Record<string, unknown>;
type RowJson = Side & { readonly id: string };

/** Who wrote, through which request. */
export interface Author {
  readonly actor: Actor;
  readonly requestId: string | undefined;
}

/** What was done to a person: only what changed, as it was and as it is. */
export interface HistoryRow extends Sides {
  readonly personId: string;
  readonly action: string;
}

/** One row per entry that changed a person. */
export const writeHistory = (
  tx: Transaction,
  changes: readonly PlannedChange[],
  real: RealId,
  author: Author,
): void => {
  const row = (change: PlannedChange): HistoryRow => ({
    ...{ personId: real(change.after.id), action: change.action },
    ...historyOf(change, real),
  });
  insertHistory(tx, changes.map(row), author);
};

export function insertHistory(
  tx: Transaction,
  rows: readonly HistoryRow[],
  { actor, requestId }: Author,
): void {
  if (rows.length === 0) return;
  tx.send(sql`
    insert into person_changes (person_id, actor_id, actor_client_id, action, before, after, request_id)
    select n.person_id, ${actor.personId}::bigint, ${actor.clientId ?? null}::bigint, n.action, n.before, n.after,
      ${requestId ?? null}::text
    from unnest(${rows.map(({ personId }) => personId)}::bigint[], ${rows.map(({ action }) => action)}::text[],
      ${rows.map(({ before }) => JSON.stringify(before))}::jsonb[],
      ${rows.map(({ after }) => JSON.stringify(after))}::jsonb[])
      with ordinality as n(person_id, action, before, after, position)
    order by n.position`);
}

/**
 * What a revert needs: attributes by name, and every touched row of `email_addresses`, `phone_numbers`,
 * `group_memberships` and `contact_assignments` by its id; a row that stands on one side only was made or removed.
 */
export function historyOf(change: PlannedChange, real: RealId): { before: Side; after: Side } {
  const before: Side = {};
  const after: Side = {};
  const put = (name: string, was: unknown, is: unknown): void => {
    before[name] = was;
    after[name] = is;
  };
  const putText = (name: string, was: string | null, is: string | null): void => {
    if (was !== is) put(name, was, is);
  };
  const { before: old, after: now, assignments } = change;
  for (const name of ATTRIBUTES) putText(name, old?.attributes[name] ?? null, now.attributes[name]);
  putText('external_ref', old?.externalRef ?? null, now.externalRef);
  const putRows = <T>(
    name: string,
    rows: (person: PersonState) => readonly T[],
    json: (row: T, real: RealId) => RowJson,
  ): void => {
    const [was, is] = differing(old ? rows(old) : [], rows(now));
    const sides = touched(
      was.map((row) => json(row, real)),
      is.map((row) => json(row, real)),
    );
    if (sides.some((side) => side.length > 0)) put(name, ...sides);
  };
  putRows('email_addresses', ({ emails }) => emails, emailJson);
  putRows('phone_numbers', ({ phones }) => phones, phoneJson);
  putRows('group_memberships', ({ memberships }) => memberships, membershipJson);
  const made = assignments.map((row) => assignmentJson(row, real));
  if (made.length > 0) put('contact_assignments', [], made);
  return { before, after };
}

function touched(before: RowJson[], after: RowJson[]): [RowJson[], RowJson[]] {
  if (before.length === 0 || after.length === 0) return [before, after];
  const texts = (rows: readonly RowJson[]): Set<string> => new Set(rows.map((row) => JSON.stringify(row)));
  const [old, now] = [texts(before), texts(after)];
  return [
    before.filter((row) => !now.has(JSON.stringify(row))),
    after.filter((row) => !old.has(JSON.stringify(row))),
  ];
}

const emailJson = ({ id, email, normalForm, primary }: EmailState, real: RealId): RowJson => ({
  id: real(id),
  email,
  normal_form: normalForm,
  primary,
});

const phoneJson = ({ id, normalForm, ...phone }: PhoneState, real: RealId): RowJson => ({
  id: real(id),
  number: phone.number,
  e164: phone.e164,
  normal_form: normalForm,
  location: phone.location,
  extension: phone.extension,
  primary: phone.primary,
});

const membershipJson = ({ id, ...membership }: MembershipState, real: RealId): RowJson => ({
  id: real(id),
  group_id: membership.groupId,
  role: membership.role,
  external_ref: membership.externalRef,
  archived_at: membership.archivedAt,
});

const assignmentJson = ({ id, ...assignment }: AssignmentState, real: RealId): RowJson => ({
  id: real(id),
  assigned_to_id: real(assignment.assignedToId),
  person_id: real(assignment.personId),
  group_id: assignment.groupId,
  note: assignment.note,
});
