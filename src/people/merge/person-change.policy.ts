import sql, { join, raw, type Sql } from 'sql-template-tag';
import { groupsFor, madeBy, type Actor } from '../../auth/index.js';
import type { ResourcePolicy, RowUse } from '../../jsonapi/index.js';
import { readablePerson } from '../readable-person.js';

/** The changes of readable people, as far as they are about what the actor may read; others do not exist. */
export const personChangePolicy: ResourcePolicy<Actor> = {
  readable(actor: Actor, row: Sql, use?: RowUse): Sql {
    const person = raw(`${row.text}_person`);
    const ofReadable = sql`exists (
      select from people ${person} where ${person}.id = ${row}.person_id and ${readablePerson(actor, person, use)})`;
    if (actor.superAdmin) return ofReadable;
    const visible = sql`(${readableSide('before', row, actor)} || ${readableSide('after', row, actor)}) <> '{}'`;
    return sql`${ofReadable} and ${visible}`;
  },
};

/**
 * One side of a change without the memberships and assignments that the actor may not read: those in the archive are for
 * the administrators of their group.
 */
export function readableSide(side: 'before' | 'after', row: Sql, actor: Actor): Sql {
  const value = sql`${row}.${raw(side)}`;
  const groups = groupsFor(actor, 'person_change', 'read');
  if (groups === 'all') return value;
  const me = actor.personId;
  const inGroups = sql`(one ->> 'group_id')::bigint = any(${groups}::bigint[])`;
  const admins = groupsFor(actor, 'group_membership', 'update');
  const administered = sql`(one ->> 'group_id')::bigint = any(${admins === 'all' ? [] : admins}::bigint[])`;
  return sql`((${value} - '{group_memberships,contact_assignments}'::text[])
    || ${readableRows(
      actor,
      value,
      'group_memberships',
      sql`${row}.person_id = ${me}::bigint or (${inGroups} and one ->> 'archived_at' is null) or ${administered}`,
    )}
    || ${readableRows(
      actor,
      value,
      'contact_assignments',
      sql`${inGroups} or one ->> 'assigned_to_id' = ${me}::text or one ->> 'person_id' = ${me}::text
        or (one ->> 'group_id' is null and ${madeBy(actor, row, 'actor')})`,
    )})`;
}

/** `{name: rows}` of those that are readable; `{}` when there are none. An end that is not readable is null, as in a linkage. */
const readableRows = (actor: Actor, value: Sql, name: string, readable: Sql): Sql => sql`
  coalesce((
    select jsonb_build_object(${name}::text, jsonb_agg(one || ${hiddenEnds(actor)} order by position))
    from jsonb_array_elements(${value} -> ${name}::text) with ordinality as rows (one, position)
    where ${readable} having count(*) > 0), '{}')`;

/** Of the row `one`: `{"group_id": null}` and the like, for each end that the actor may not read. */
function hiddenEnds(actor: Actor): Sql {
  const hidden = (name: string, readable: Sql): Sql => sql`
    case when one ->> ${name}::text is null or ${readable} then '{}' else jsonb_build_object(${name}::text, null) end`;
  const group = sql`(one ->> 'group_id')::bigint = any(${groupsFor(actor, 'group', 'read')}::bigint[])`;
  const person = (name: string): Sql => sql`exists (
    select from people ends where ends.id = (one ->> ${name}::text)::bigint and ${readablePerson(actor, raw('ends'))})`;
  const people = ['person_id', 'assigned_to_id', 'assigned_by_id'].map((name) => hidden(name, person(name)));
  return sql`(${join([hidden('group_id', group), ...people], ' || ')})`;
}
