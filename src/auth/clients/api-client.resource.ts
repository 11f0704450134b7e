import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import sql from 'sql-template-tag';
import { defineResource } from '../../jsonapi/index.js';
import type { Actor } from '../actor.js';
import { ApiClient } from './api-client.entity.js';
import { apiClientPolicy } from './api-client.policy.js';
import { newClientName } from './client-secret.js';
import { CreateApiClient } from './create-api-client.operation.js';
import { RevokeApiClient } from './revoke-api-client.operation.js';

/** What may be written of a client beside its memberships. */
class ApiClientAttributes {
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
}

export const apiClientResource = defineResource({
  type: 'api_client',
  path: 'api_clients',
  entity: ApiClient,
  dto: ApiClientAttributes,
  policy: apiClientPolicy,
  defaults: ({ personId }: Actor) => ({ client_id: newClientName(), created_by_id: personId }),
  operations: { create: CreateApiClient, remove: RevokeApiClient },
  attributes: {
    name: { type: 'string', write: true, filter: true, sort: true },
    client_id: { type: 'string', filter: true },
    client_secret: { type: 'string', sql: () => sql`null::text` },
    last_used_at: { type: 'timestamp', sort: true },
    created_at: { type: 'timestamp', filter: true, sort: true },
    updated_at: { type: 'timestamp', filter: true, sort: true },
  },
  relationships: {
    group_memberships: {
      kind: 'to-many',
      type: 'group_membership',
      through: { table: 'api_client_memberships', from: 'api_client_id', to: 'group_membership_id' },
      write: true,
    },
    created_by: { kind: 'to-one', type: 'person', column: 'created_by_id' },
  },
  about: {
    summary: 'A program that acts by itself, as a user with these memberships.',
    attributes: {
      name: { example: 'Nightly import' },
      client_secret: { about: 'Shown by the answer that makes it, and never again.' },
    },
  },
});
