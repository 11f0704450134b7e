import { defineResource } from '../../jsonapi/index.js';
import { PersonChange } from './person-change.entity.js';
import { personChangePolicy, readableSide } from './person-change.policy.js';

export const personChangeResource = defineResource({
  type: 'person_change',
  path: 'person_changes',
  entity: PersonChange,
  policy: personChangePolicy,
  attributes: {
    action: { type: 'string', filter: true, sort: true },
    before: { type: 'json', sql: (row, actor) => readableSide('before', row, actor) },
    after: { type: 'json', sql: (row, actor) => readableSide('after', row, actor) },
    request_id: { type: 'string', filter: true },
    created_at: { type: 'timestamp', filter: true, sort: true },
  },
  relationships: {
    person: { kind: 'to-one', type: 'person', column: 'person_id' },
    actor: { kind: 'to-one', type: 'person', column: 'actor_id' },
  },
});
