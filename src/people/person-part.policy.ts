import sql, { raw, type Sql } from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { ResourcePolicy, RowUse, WriteRequest } from '../jsonapi/index.js';
import { requireChangeable } from './person-rights.js';
import { readablePerson } from './readable-person.js';

/** What a person has of her own: read with her, and written by whoever may change her. */
export const personPartPolicy: ResourcePolicy<Actor> = {
  readableWith: 'person',
  readable(actor: Actor, row: Sql, use?: RowUse): Sql {
    const person = raw(`${row.text}_person`);
    return sql`exists (select from people ${person} where ${person}.id = ${row}.person_id and ${readablePerson(actor, person, use)})`;
  },
  create: requireItsPerson,
  update: requireItsPerson,
  remove: requireItsPerson,
};

async function requireItsPerson({ actor, tx, row, values, pointerTo }: WriteRequest<Actor>): Promise<void> {
  const pointer = row ? undefined : pointerTo('person');
  await requireChangeable(tx, actor, String((row ?? values)['person_id']), pointer);
}
