import { JsonApiError } from '../../jsonapi/index.js';
import { isObject, type JsonObject } from '../../jsonapi/http/index.js';
import type { MatchPolicy, Sliceable } from '../merge/index.js';
import { ANSWER_MEMBERS, readFlatEntry, type FlatEntry } from './flat-entry.js';
import { malformed, readFlag, readOneOf, unknownMember } from './flat-members.js';
import { namesGroupsTwice } from './named-groups.js';

/** The body of `POST /persons/multiple`. */
export interface Batch {
  /** Read when it is their turn: of ten thousand they would be most of what is held. */
  readonly entries: Sliceable<FlatEntry>;
  readonly atomic: boolean;
  readonly dryRun: boolean;
  readonly policy: Partial<MatchPolicy>;
}

const MEMBERS = ['persons', 'atomic', 'dry_run', 'conflicting_ref', 'name_guard'];

/**
 * Reads the whole body; a fault of the envelope is a fault of the request.
 * @throws JsonApiError 400 with a pointer, 413 for more than `maxEntries`
 */
export function readBatch(body: unknown, maxEntries: number): Batch {
  if (!isObject(body)) throw malformed('Send an object with `persons`, a list of entries.', '');
  const persons = Object.hasOwn(body, 'persons') ? body['persons'] : undefined;
  if (!Array.isArray(persons))
    throw malformed('`persons` must be a list of entries.', Object.hasOwn(body, 'persons') ? '/persons' : '');
  requireKnownMembers(body);
  if (persons.length > maxEntries)
    throw JsonApiError.of('payload_too_large', `At most ${maxEntries} entries are taken at once.`, {
      pointer: '/persons',
    });
  requireOneKindOfGroups(persons);
  return {
    ...readOptions(body),
    entries: {
      length: persons.length,
      slice: (from, to) => persons.slice(from, to).map((person, i) => readFlatEntry(person, from + i)),
    },
  };
}

/** A slip such as `dryrun` would write what was only to be tried. An answer may come back whole. */
function requireKnownMembers(body: JsonObject): void {
  const unknown = Object.keys(body).find((name) => !MEMBERS.includes(name) && !ANSWER_MEMBERS.includes(name));
  if (unknown !== undefined) throw unknownMember(unknown, MEMBERS, 'Beside `persons` there is no');
}

function readOptions(body: JsonObject): Pick<Batch, 'atomic' | 'dryRun' | 'policy'> {
  return {
    atomic: readFlag(body, 'atomic') ?? false,
    dryRun: readFlag(body, 'dry_run') ?? false,
    policy: {
      conflictingRef: readOneOf(body, 'conflicting_ref', ['by_name', 'match', 'separate']),
      nameGuard: readFlag(body, 'name_guard'),
    },
  };
}

function requireOneKindOfGroups(persons: readonly unknown[]): void {
  const index = persons.findIndex((one) => isObject(one) && namesGroupsTwice(one));
  if (index < 0) return;
  throw JsonApiError.of(
    'both_group_identifiers_provided',
    'Both group ids and external refs provided for the person create/update operation',
    { pointer: `/persons/${index}` },
  );
}
