import { Address } from '../addresses/address.entity.js';
import { ApiClient, ApiClientMembership } from '../auth/clients/api-client.entity.js';
import { OneTimeLink } from '../auth/links/one-time-link.entity.js';
import { OutboxMessage } from '../auth/outbox/outbox-message.entity.js';
import { RateLimit } from '../auth/throttle/rate-limit.entity.js';
import { Session } from '../auth/session.entity.js';
import { User } from '../auth/users/user.entity.js';
import { ContactAssignment } from '../contact-assignments/contact-assignment.entity.js';
import { GroupMembership } from '../groups/group-membership.entity.js';
import { Group } from '../groups/group.entity.js';
import { IdempotencyKey } from '../jsonapi/idempotency/idempotency-key.entity.js';
import { EmailAddress } from '../people/email-address.entity.js';
import { PersonChange } from '../people/merge/person-change.entity.js';
import { PersonDuplicate } from '../people/merge/person-duplicate.entity.js';
import { Person } from '../people/person.entity.js';
import { PhoneNumber } from '../people/phone-number.entity.js';
import { Setting } from './setting.entity.js';

/** Every table that the product owns. */
export const entities = [
  Address,
  ApiClient,
  ApiClientMembership,
  ContactAssignment,
  EmailAddress,
  Group,
  GroupMembership,
  IdempotencyKey,
  OneTimeLink,
  OutboxMessage,
  Person,
  PersonChange,
  PersonDuplicate,
  PhoneNumber,
  RateLimit,
  Session,
  Setting,
  User,
];
