import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import type { Actor } from '../../auth/index.js';
import { Database } from '../../database/index.js';
import { isId, MergeService, type Attributes, type Sought, type StoredEntry } from '../merge/index.js';
import { readablePerson } from '../readable-person.js';
import { readableMembership, shownExternalRef } from '../shown-external-ref.js';
import { NO_MORE, type Search } from './read-search.js';

export interface Found extends StoredEntry {
  readonly id: string;
}

export interface FoundPage {
  readonly found: readonly Found[];
  /** The id to go on after; undefined at the end. */
  readonly lastId: string | undefined;
  readonly skippedGroups: readonly string[];
}

type FoundRow = Attributes & {
  readonly id: string;
  readonly shown_ref: string | null;
  readonly email: string | null;
  readonly number: string | null;
};

const PAGE_SIZE = 100;

/** Exact search in normal forms, among the people whom the actor may read: two statements, whatever is sought. */
@Injectable()
export class FindPersons {
  constructor(
    private readonly database: Database,
    private readonly merge: MergeService,
  ) {}

  async find({ entry, identifier, after }: Search, actor: Actor): Promise<FoundPage> {
    const sought = await this.merge.soughtBy(entry, actor);
    const skippedGroups = sought.skippedGroups;
    const nobody = !sought.findable || after === NO_MORE || (identifier !== undefined && !isId(identifier));
    if (nobody) return { found: [], lastId: undefined, skippedGroups };
    const rows = await this.database.query<FoundRow>(sql`
      select p.id, p.first_name, p.middle_name, p.last_name, p.gender, p.birth_date::text as birth_date,
        ${shownExternalRef(sql`p`, actor)} as shown_ref,
        (select e.email from email_addresses e where e.person_id = p.id
          and (e.is_primary or e.normal_form = ${sought.email}) order by e.is_primary limit 1) as email,
        (select n.number from phone_numbers n where n.person_id = p.id
          and (n.is_primary or n.normal_form = ${sought.phone}) order by n.is_primary limit 1) as number
      from people p
      where p.id > ${after}::bigint and ${join(conditions(sought, identifier, actor), ' and ')}
      order by p.id limit ${PAGE_SIZE + 1}`);
    const found = rows.slice(0, PAGE_SIZE).map((row) => toFound(row, sought));
    return { found, lastId: rows.length > PAGE_SIZE ? found.at(-1)?.id : undefined, skippedGroups };
  }
}

/** All that is given has to hold. */
function conditions(sought: Sought, identifier: string | undefined, actor: Actor): Sql[] {
  const { firstName, lastName, email, phone, externalRef, groupIds } = sought;
  const all: (Sql | undefined)[] = [
    sql`(${readablePerson(actor, sql`p`, 'list')})`,
    identifier && sql`p.id = ${identifier}::bigint`,
    firstName && sql`name_form(p.first_name) = name_form(${firstName})`,
    lastName && sql`name_form(p.last_name) = name_form(${lastName})`,
    email && sql`p.id in (select person_id from email_addresses where normal_form = ${email})`,
    phone && sql`p.id in (select person_id from phone_numbers where normal_form = ${phone})`,
    externalRef && sql`p.id in (${holdersOf(externalRef, groupIds, actor)})`,
    groupIds &&
      sql`exists (
      select from group_memberships g where g.person_id = p.id and g.archived_at is null
        and g.group_id = any(${groupIds}::bigint[]))`,
  ].map((condition) => condition || undefined);
  return all.filter((condition) => condition !== undefined);
}

/** Whom the reference names where the actor may read it, in the named groups if there are any. */
function holdersOf(ref: string, groupIds: readonly string[] | undefined, actor: Actor): Sql {
  const held = sql`
    select h.person_id from group_memberships h
    where h.external_ref = ${ref} and ${readableMembership(actor, sql`h`)}`;
  return groupIds
    ? sql`${held} and h.group_id = any(${groupIds}::bigint[])`
    : sql`${held} union select id from people where external_ref = ${ref}`;
}

const toFound = (row: FoundRow, sought: Sought): Found => {
  const { id, shown_ref, email, number, ...attributes } = row;
  return {
    id,
    attributes,
    externalRef: sought.externalRef ?? shown_ref,
    emailAddress: email,
    phoneNumber: number,
  };
};
