import { defineResource } from '../../jsonapi/index.js';
import { PersonDuplicate } from './person-duplicate.entity.js';
import { personDuplicatePolicy, readableEvidence } from './person-duplicate.policy.js';

export const personDuplicateResource = defineResource({
  type: 'person_duplicate',
  path: 'person_duplicates',
  entity: PersonDuplicate,
  policy: personDuplicatePolicy,
  about: {
    summary: 'Two people who may be one, or an entry that could not be decided.',
    attributes: {
      kind: { schema: { enum: ['pair', 'cross_group', 'held_entry'] }, example: 'pair' },
      status: { schema: { enum: ['open', 'resolved'] }, example: 'open' },
      verdict: { example: null },
      evidence: { about: 'Why they may be one.', schema: { type: 'object' } },
      times_seen: { about: 'How often the same was met.' },
    },
  },
  attributes: {
    kind: { type: 'string', filter: true, sort: true },
    status: { type: 'string', filter: true, sort: true },
    verdict: { type: 'string', filter: true },
    evidence: { type: 'json', sql: readableEvidence },
    times_seen: { type: 'integer', filter: true, sort: true },
    created_at: { type: 'timestamp', filter: true, sort: true },
    updated_at: { type: 'timestamp', filter: true, sort: true },
  },
  relationships: {
    person: { kind: 'to-one', type: 'person', column: 'person_id' },
    candidates: {
      kind: 'to-many',
      type: 'person',
      through: { table: 'person_duplicate_candidates', from: 'duplicate_id', to: 'person_id' },
    },
    group: { kind: 'to-one', type: 'group', column: 'group_id' },
  },
});
