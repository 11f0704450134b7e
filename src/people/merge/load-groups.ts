import sql from 'sql-template-tag';
import { groupsFor, type Actor } from '../../auth/index.js';
import type { SqlRunner } from '../../database/index.js';
import type { ConflictingRef, Entry } from './entry.js';
import type { GroupSettings, KnownGroups } from './resolve-scope.js';

interface GroupRow {
  readonly id: string;
  readonly external_ref: string | null;
  readonly phone_region: string | null;
  readonly match_conflicting_ref: ConflictingRef | null;
  readonly match_name_guard: boolean | null;
}

/** Anything else is no id, and names nothing. */
export const isId = (text: string): boolean => /^[1-9]\d{0,17}$/.test(text);

/**
 * The groups that the entries name, the actor's own that still exist, all with settings, and one without each setting (it stands for the deployment's
 * default): only those within the actor's reach, so that the others are as if they did not exist. One statement.
 */
export async function loadGroups(
  tx: SqlRunner,
  entries: readonly Entry[],
  actor: Actor,
): Promise<KnownGroups> {
  const reach = groupsFor(actor, 'person', 'create');
  const { ids, refs } = namesOf(entries);
  const rows = await tx.query<GroupRow>(sql`
    with reached as (
      select id, external_ref, phone_region, match_conflicting_ref, match_name_guard
      from groups where ${reach === 'all'}::boolean or id = any(${reach === 'all' ? [] : reach}::bigint[])
    )
    select * from reached
    where id = any(${[...ids, ...actor.ownGroupIds]}::bigint[]) or external_ref = any(${refs}::text[])
      or phone_region is not null or match_conflicting_ref is not null or match_name_guard is not null
      or id in (select min(id) from reached where match_conflicting_ref is null)
      or id in (select min(id) from reached where match_name_guard is null)`);
  return knownGroups(rows.map(toSettings));
}

export function knownGroups(groups: readonly GroupSettings[]): KnownGroups {
  return {
    byId: new Map(groups.map((group) => [group.id, group])),
    byRef: new Map(
      groups.flatMap((group) => (group.externalRef === null ? [] : [[group.externalRef, group]])),
    ),
  };
}

function namesOf(entries: readonly Entry[]): { ids: string[]; refs: string[] } {
  const memberships = entries.flatMap((entry) => entry.memberships ?? []);
  const assignments = entries.flatMap((entry) => entry.assignments);
  const ids = [
    ...entries.flatMap((entry) => entry.groups?.ids ?? []),
    ...memberships.flatMap(({ groupId }) => groupId ?? []),
    ...assignments.flatMap(({ groupId }) => groupId ?? []),
  ];
  const refs = [
    ...entries.flatMap((entry) => entry.groups?.externalRefs ?? []),
    ...memberships.flatMap(({ groupExternalRef }) => groupExternalRef ?? []),
  ];
  return {
    ids: [...new Set(ids.filter(isId))],
    refs: [...new Set(refs)].filter((ref) => !ref.includes('\0')),
  };
}

const toSettings = (row: GroupRow): GroupSettings => ({
  id: row.id,
  externalRef: row.external_ref,
  phoneRegion: row.phone_region,
  conflictingRef: row.match_conflicting_ref,
  nameGuard: row.match_name_guard,
});
