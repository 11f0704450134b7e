import { defineResource } from '../jsonapi/index.js';
import { PhoneNumberAttributes } from './contact-point.dto.js';
import { contactPointPolicy } from './contact-point.policy.js';
import { PhoneNumber } from './phone-number.entity.js';

export const phoneNumberResource = defineResource({
  type: 'phone_number',
  path: 'phone_numbers',
  entity: PhoneNumber,
  dto: PhoneNumberAttributes,
  policy: contactPointPolicy,
  attributes: {
    number: { type: 'string', write: true, filter: true, sort: true },
    e164: { type: 'string', filter: true },
    location: { type: 'string', write: true, filter: true },
    extension: { type: 'string', write: true },
    primary: { type: 'boolean', column: 'is_primary', write: true, filter: true },
  },
  relationships: { person: { kind: 'to-one', type: 'person', column: 'person_id', write: 'create' } },
});
