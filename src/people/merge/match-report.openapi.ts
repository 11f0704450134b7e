import { closed, schemaRef, type Schema } from '../../jsonapi/openapi/index.js';
import type { ConflictingRef, Outcome } from './entry.js';
import { LIMITS } from './limits.js';
import type { KeyKind, MatchedBy, MatchReport, NotTaken, WarningCode } from './match-report.js';

const oneOf = <T extends string>(...values: readonly T[]): Schema => ({ type: 'string', enum: values });
const orNull = ({ enum: values, ...schema }: Schema): Schema => ({
  ...schema,
  type: ['string', 'null'],
  ...(values !== undefined && { enum: [...(values as string[]), null] }),
});
const list = (items: Schema): Schema => ({ type: 'array', items });
const text: Schema = { type: 'string' };

const KEY_KINDS = oneOf<KeyKind>('external_ref', 'email_address', 'phone_number');

/** The members of a {@link MatchReport} on the wire. */
export const MATCH_REPORT_MEMBERS: Readonly<Record<keyof MatchReport, Schema>> = {
  outcome: oneOf<Outcome>('created', 'updated', 'unchanged', 'failed', 'rolled_back'),
  matched_by: orNull(
    oneOf<MatchedBy>(
      'external_ref',
      'email_address',
      'phone_number',
      'email_address+phone_number',
      'name_tiebreak',
    ),
  ),
  keys: {
    ...closed({ external_ref: orNull(text), email_addresses: list(text), phone_numbers: list(text) }, [
      'external_ref',
      'email_addresses',
      'phone_numbers',
    ]),
    description: 'The normal forms that were compared.',
  },
  candidates: {
    ...list(schemaRef('MatchCandidate')),
    description: `Who holds a key of the entry, ${LIMITS.told} at most: the one who was taken first, then the oldest.`,
  },
  changes: {
    type: 'object',
    additionalProperties: { type: 'array', minItems: 2, maxItems: 2 },
    description: `By field: the value before, the value after. Of a list ${LIMITS.told} at most: the primary one, what changed, the oldest.`,
  },
  groups_added: list(schemaRef('Id')),
  skipped_groups: {
    ...list(text),
    description: 'Named groups that do not exist or that you cannot reach, as they were sent.',
  },
  warnings: list(schemaRef('MatchWarning')),
  policy: closed(
    {
      conflicting_ref: oneOf<ConflictingRef>('by_name', 'match', 'separate'),
      name_guard: { type: 'boolean' },
    },
    ['conflicting_ref', 'name_guard'],
  ),
  queued_with: {
    ...list(orNull(text)),
    description:
      'With whom the person was put before the administrators as a pair (`person_duplicates`); absent when with nobody. ' +
      '`null`: somebody whom a dry run has not made.',
  },
  duplicate_of_index: { type: 'integer', description: 'The entry of this request that made the person.' },
  left_out: {
    ...closed(
      {
        candidates: { type: 'integer' },
        changes: {
          type: 'object',
          additionalProperties: { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 },
          description: 'By field: of the value before, of the value after.',
        },
      },
      [],
    ),
    description: 'How many are there that a list above does not name; absent when the lists are whole.',
  },
};

const SOMETIMES = ['queued_with', 'duplicate_of_index', 'left_out'];
const ALWAYS = Object.keys(MATCH_REPORT_MEMBERS).filter((name) => !SOMETIMES.includes(name));

export const MATCH_REPORT_SCHEMAS: Readonly<Record<string, Schema>> = {
  MatchReport: {
    ...closed(MATCH_REPORT_MEMBERS, ALWAYS),
    description: 'Who was found and why, and what changed.',
  },
  MatchCandidate: closed(
    {
      id: { anyOf: [schemaRef('Id'), { type: 'null' }] },
      matched_by: list(KEY_KINDS),
      taken: { type: 'boolean' },
      reason: {
        ...orNull(
          oneOf<NotTaken>(
            'another_has_external_ref',
            'conflicting_ref',
            'matches_fewer_keys',
            'names_do_not_agree',
            'name_guard',
            'ambiguous',
            'archived',
            'in_another_group',
          ),
        ),
        description:
          'Why not: `another_has_external_ref`: the reference that was sent is somebody else’s, and counts before e-mail and ' +
          'phone; `conflicting_ref`: known by another reference; `matches_fewer_keys`, `names_do_not_agree`: somebody else ' +
          'fits better; `name_guard`: has another first name; `ambiguous`: one of several; `archived`: taken out of a ' +
          'named group, back by POST or PATCH of the membership; `in_another_group`: in none of ' +
          'the groups where the entry looks.',
      },
    },
    ['id', 'matched_by', 'taken', 'reason'],
  ),
  MatchWarning: closed(
    {
      code: oneOf<WarningCode>(
        'external_ref_replaced',
        'name_mismatch',
        'membership_conflict',
        'protected_person',
        'crowded_key',
        'skipped_groups',
        'policy_overruled',
        'phone_not_recognized',
        'unknown_attribute',
      ),
      detail: text,
      pointer: text,
    },
    ['code', 'detail'],
  ),
};

export const MATCH_REPORT_EXAMPLE: MatchReport = {
  outcome: 'updated',
  matched_by: 'email_address',
  keys: { external_ref: null, email_addresses: ['ada@example.org'], phone_numbers: [] },
  candidates: [{ id: '2', matched_by: ['email_address'], taken: true, reason: null }],
  changes: { gender: [null, 'female'] },
  groups_added: [],
  skipped_groups: [],
  warnings: [],
  policy: { conflicting_ref: 'by_name', name_guard: false },
};
