import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { ResourcePolicy } from '../jsonapi/index.js';
import { raw } from 'sql-template-tag';
import { readablePerson } from './readable-person.js';

/** E-mails and phones are read with their person. */
export const contactPointPolicy: ResourcePolicy<Actor> = {
  readableWith: 'person',
  readable(actor: Actor, row: Sql): Sql {
    const person = raw(`${row.text}_person`);
    return sql`exists (select from people ${person} where ${person}.id = ${row}.person_id and ${readablePerson(actor, person)})`;
  },
};
