import { JsonApiError } from '../../jsonapi/index.js';
import { isObject, type JsonObject } from '../../jsonapi/http/index.js';
import type { Entry, Warning } from '../merge/index.js';
import { unknownAttributes } from '../unknown-attributes.js';
import { malformed, readId, readText, unknownMember } from './flat-members.js';
import { isGiven, namesGroupsTwice, readGroups } from './named-groups.js';

/** The body of `POST /persons/find`. */
export interface Search {
  /** What is sought, in the words of an entry: the merge room makes normal forms of it. */
  readonly entry: Entry;
  readonly identifier: string | undefined;
  /** Only people with a greater id. */
  readonly after: string;
  readonly warnings: readonly Warning[];
}

const MEMBERS: ReadonlySet<string> = new Set([
  ...['first_name', 'last_name', 'email_address', 'phone_number', 'external_ref', 'identifier', 'after-id'],
  ...['group_id', 'group_ids', 'group_external_ref', 'groups_external_refs'],
]);

/** Whoever comes back with the `last_id` of the last answer has seen all. */
export const NO_MORE = '-1';

/** @throws JsonApiError 400 */
export function readSearch(body: unknown): Search {
  if (!isObject(body)) throw malformed('Send an object with what the people have in common.', '');
  if (namesGroupsTwice(body))
    throw JsonApiError.of(
      'both_group_identifiers_provided',
      'Both group ids and external refs provided for the person find operation',
      { pointer: '' },
    );
  requireCriterion(body);
  const { groups, faults } = readGroups(body, '');
  const [fault] = faults;
  if (fault) throw malformed(fault.detail, fault.pointer ?? '');
  const [email, number] = [readText(body, 'email_address'), readText(body, 'phone_number')];
  return {
    entry: {
      index: 0,
      attributes: { first_name: readText(body, 'first_name'), last_name: readText(body, 'last_name') },
      externalRef: readText(body, 'external_ref'),
      emails: email === undefined ? undefined : [{ email, pointer: '/email_address' }],
      phones: number === undefined ? undefined : [{ number, pointer: '/phone_number' }],
      groups: groups?.named,
      assignments: [],
      pointers: {},
    },
    identifier: readId(body, 'identifier'),
    after: readAfter(readId(body, 'after-id')),
    warnings: unknownAttributes(
      Object.keys(body).filter((name) => !MEMBERS.has(name)),
      '',
    ),
  };
}

/** Nothing but members that are not known: taken for nothing, they would find everybody. @throws JsonApiError 400 */
function requireCriterion(body: JsonObject): void {
  const names = Object.keys(body).filter((name) => name !== 'after-id');
  const unknown = names.find((name) => !MEMBERS.has(name));
  if (unknown === undefined || names.some((name) => MEMBERS.has(name) && isGiven(body[name]))) return;
  throw unknownMember(unknown, [...MEMBERS], 'Nobody is found by');
}

function readAfter(id = '0'): string {
  if (/^\d{1,18}$/.test(id) || id === NO_MORE) return id;
  throw malformed('`after-id` must be the `last_id` of an answer.', '/after-id');
}
