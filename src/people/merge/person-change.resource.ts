import sql from 'sql-template-tag';
import { defineResource } from '../../jsonapi/index.js';
import { PersonChange } from './person-change.entity.js';
import { personChangePolicy, readableSide } from './person-change.policy.js';

export const personChangeResource = defineResource({
  type: 'person_change',
  path: 'person_changes',
  entity: PersonChange,
  policy: personChangePolicy,
  meta: { api_client_id: 'actor_client_id' },
  about: {
    summary: 'What one request changed of a person.',
    attributes: {
      action: { example: 'created' },
      before: { schema: { type: 'object' }, example: { first_name: null } },
      after: { schema: { type: 'object' }, example: { first_name: 'Ada' } },
      request_id: { example: '8f14e45f-ceea-467f-a0e6-3c2a7f0e4d11' },
    },
  },
  attributes: {
    action: { type: 'string', filter: true, sort: true },
    before: { type: 'json', sql: (row, actor) => readableSide('before', row, actor) },
    after: { type: 'json', sql: (row, actor) => readableSide('after', row, actor) },
    request_id: { type: 'string', filter: true },
    created_at: { type: 'timestamp', filter: true, sort: true },
  },
  filters: {
    since: { type: 'timestamp', sql: (row, [time]) => sql`${row}.created_at >= ${time}::timestamptz` },
  },
  relationships: {
    person: { kind: 'to-one', type: 'person', column: 'person_id' },
    actor: { kind: 'to-one', type: 'person', column: 'actor_id' },
  },
});
