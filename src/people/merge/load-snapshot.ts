import sql, { empty, raw, type Sql } from 'sql-template-tag';
import { groupsFor, type Actor } from '../../auth/index.js';
import { contactAssignmentPolicy } from '../../contact-assignments/index.js';
import { together, type SqlRunner } from '../../database/index.js';
import { readablePerson } from '../readable-person.js';
import { fewOfCrowds, type CrowdedKeys } from './crowded-keys.js';
import { isId } from './load-groups.js';
import { loadPeople } from './load-people.js';
import { keysOf, type NormalEntry } from './normal-entry.js';
import { liveMemberships, type AssignmentState, type PersonState } from './person-state.js';
import type { Scope } from './resolve-scope.js';
import type { Owner, RefHolder, Snapshot } from './snapshot.js';

/** The people changed between the search and the locks: the transaction starts again, and meets them as they are. */
class CandidatesChanged extends Error {
  readonly code = '40001';
}

/**
 * Finds, locks and reads what the entries can meet: a constant number of statements however many entries. Only what
 * the actor may read is searched, so nothing else can be locked, counted or told. Runs after the key locks.
 */
export async function loadSnapshot(
  tx: SqlRunner,
  entries: readonly NormalEntry[],
  scopes: readonly Scope[],
  actor: Actor,
  crowds: CrowdedKeys,
): Promise<Snapshot> {
  const keys = keysOf(entries);
  const [locked, people] = await lockAndLoad(tx, entries, scopes, actor, crowds);
  if (!sameIds(locked, people)) throw new CandidatesChanged('The candidates changed while they were locked.');
  const [refHolders, assignments, owners] = await together(
    loadRefHolders(tx, keys.refs, people, scopes),
    loadAssignments(tx, entries, people, actor),
    loadOwners(tx, entries, people),
  );
  return { people, readableIds: new Set(people.map(({ id }) => id)), refHolders, assignments, owners };
}

/** Who is found among crowds is looked for once only, since that reads all of them. */
async function lockAndLoad(
  tx: SqlRunner,
  entries: readonly NormalEntry[],
  scopes: readonly Scope[],
  actor: Actor,
  crowds: CrowdedKeys,
): Promise<[ReadonlySet<string>, PersonState[]]> {
  const search = reachedBy(entries, scopes, actor, crowds);
  if (!isCrowded(crowds)) return together(lockPeople(tx, search), loadPeople(tx, search, actor));
  const locked = await lockPeople(tx, search);
  const again = reachedBy(entries, scopes, actor, crowds, sql`select unnest(${[...locked]}::bigint[])`);
  return [locked, await loadPeople(tx, again, actor)];
}

const isCrowded = ({ emails, phones }: CrowdedKeys): boolean => emails.length + phones.length > 0;

/** Locks the rows of all whom the entries can meet, once their keys are locked. */
export async function lockReached(
  tx: SqlRunner,
  entries: readonly NormalEntry[],
  scopes: readonly Scope[],
  actor: Actor,
  crowds: CrowdedKeys,
): Promise<void> {
  await lockPeople(tx, reachedBy(entries, scopes, actor, crowds));
}

function reachedBy(
  entries: readonly NormalEntry[],
  scopes: readonly Scope[],
  actor: Actor,
  crowds: CrowdedKeys,
  few = isCrowded(crowds) ? fewOfCrowds(crowds, entries, scopes, actor) : empty,
): Sql {
  const { refs, emails, phones } = keysOf(entries);
  const keys = {
    refs,
    emails: emails.filter((form) => !crowds.emails.includes(form)),
    phones: phones.filter((form) => !crowds.phones.includes(form)),
  };
  const crowd = few === empty ? empty : sql`union all (${few})`;
  return reachedPeople(keys, namedPeople(entries), entries.flatMap(recordsOf), crowd, actor);
}

/** Memberships that the entries name by their ids. */
const recordsOf = ({
  source: { memberships = [], removals = [], archivedMembershipId },
}: NormalEntry): string[] => [
  ...(archivedMembershipId === undefined ? [] : [archivedMembershipId]),
  ...memberships.flatMap(({ id }) => id ?? []),
  ...removals.flatMap(({ kind, id }) => (kind === 'group_membership' ? id : [])),
];

/** Ids that the entries name: the person of a PATCH, and the ends of assignments. */
function namedPeople(entries: readonly NormalEntry[]): string[] {
  const ids = entries.flatMap(({ source }) => [
    source.personId ?? [],
    ...source.assignments.flatMap(({ assignedToId, personId }) =>
      [assignedToId ?? [], personId ?? []].flat(),
    ),
  ]);
  return [...new Set(ids.flat().filter(isId))];
}

/**
 * The condition on `p`: it holds one of the keys or is named, and the actor may read it. Whoever is only in the archive
 * of a group is not read, but an administrator of the group reaches her by the id of the membership, to bring her back.
 */
function reachedPeople(
  { refs, emails, phones }: ReturnType<typeof keysOf>,
  named: readonly string[],
  records: readonly string[],
  crowd: Sql,
  actor: Actor,
): Sql {
  const admins = groupsFor(actor, 'group_membership', 'update');
  const archived = sql`select person_id from group_memberships
    where id = any(${records}::bigint[]) and group_id = any(${admins === 'all' ? [] : admins}::bigint[])`;
  return sql`p.id in (
      select person_id from email_addresses where normal_form = any(${emails}::text[])
      union select person_id from phone_numbers where normal_form = any(${phones}::text[])
      union select person_id from group_memberships
        where external_ref = any(${refs}::text[]) and external_ref is not null and archived_at is null
      union select id from people where external_ref = any(${refs}::text[]) and external_ref is not null
      union select unnest(${named}::bigint[]) ${crowd})
    and (${readablePerson(actor, sql`p`)} or (p.deleted_at is null and p.id in (${archived})))`;
}

/**
 * Ascending, so that no two requests wait for each other. `no key update` keeps out every other change of the person,
 * and lets rows that merely point at it (created by, assigned to) be written meanwhile.
 */
async function lockPeople(tx: SqlRunner, search: Sql): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(sql`
    select p.id from people p where ${search} order by p.id for no key update of p`);
  return new Set(rows.map(({ id }) => id));
}

const sameIds = (locked: ReadonlySet<string>, people: readonly PersonState[]): boolean =>
  locked.size === people.length && people.every(({ id }) => locked.has(id));

/**
 * Who holds the references that may be written, where they may be written. Holders in groups out of reach are loaded
 * too, for the queue of that group's administrators; the planner tells nobody else.
 */
async function loadRefHolders(
  tx: SqlRunner,
  refs: readonly string[],
  people: readonly PersonState[],
  scopes: readonly Scope[],
): Promise<RefHolder[]> {
  const targets = new Set(scopes.flatMap((scope) => scope.targets));
  const known = people.filter((person) => isOutOf(person, targets)).flatMap(refsOf);
  const groups = [
    ...targets,
    ...people.flatMap(({ memberships }) => memberships.map(({ groupId }) => groupId)),
  ];
  if (refs.length + known.length === 0 || groups.length === 0) return [];
  return tx.query<RefHolder>(sql`
    select m.id as "membershipId", m.group_id as "groupId", m.external_ref as "externalRef",
      m.person_id as "personId",
      -- Not a join: for some hundred references that would be one with all people there are.
      (select p.deleted_at is not null from people p where p.id = m.person_id) as deleted
    from group_memberships m
    where m.external_ref = any(${[...new Set([...refs, ...known])]}::text[])
      and m.group_id = any(${[...new Set(groups)]}::bigint[]) and m.archived_at is null`);
}

/** Only who may come to a group brings a reference along that the entries do not name. */
function isOutOf(person: PersonState, groups: ReadonlySet<string>): boolean {
  const live = new Set(liveMemberships(person).map(({ groupId }) => groupId));
  return [...groups].some((id) => !live.has(id));
}

const refsOf = ({ externalRef, memberships }: PersonState): string[] =>
  [externalRef, ...memberships.map((membership) => membership.externalRef)].filter((ref) => ref !== null);

/** Locked, so that of two owners who leave at once one stays; only where an entry may take an owner away. */
async function loadOwners(
  tx: SqlRunner,
  entries: readonly NormalEntry[],
  people: readonly PersonState[],
): Promise<Owner[]> {
  const records = new Set(entries.flatMap(recordsOf));
  const owned = people
    .flatMap(({ memberships }) => memberships)
    .filter(({ id, role, archivedAt }) => records.has(id) && role === 'owner' && archivedAt === null)
    .map(({ groupId }) => groupId);
  if (owned.length === 0) return [];
  return tx.query<Owner>(sql`
    select id as "membershipId", group_id as "groupId" from group_memberships
    where group_id = any(${owned}::bigint[]) and role = 'owner' and archived_at is null
    order by id for update`);
}

/** The readable assignments that exist between the loaded people; only when entries make any. */
async function loadAssignments(
  tx: SqlRunner,
  entries: readonly NormalEntry[],
  people: readonly PersonState[],
  actor: Actor,
): Promise<AssignmentState[]> {
  if (entries.every(({ source }) => source.assignments.length === 0)) return [];
  const ids = people.map(({ id }) => id);
  return tx.query<AssignmentState>(sql`
    select id, assigned_to_id as "assignedToId", person_id as "personId", group_id as "groupId", note
    from contact_assignments a
    where person_id = any(${ids}::bigint[]) and assigned_to_id = any(${ids}::bigint[])
      and (${contactAssignmentPolicy.readable(actor, raw('a'))})`);
}
