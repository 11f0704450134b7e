import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { defineResource } from '../jsonapi/index.js';
import { personPartPolicy } from '../people/index.js';
import { Address, ADDRESS_TYPES } from './address.entity.js';

/** What may be written of an address. */
class AddressAttributes {
  @IsIn(ADDRESS_TYPES) address_type: string;
  @IsOptional() @IsString() @MaxLength(200) address1?: string | null;
  @IsOptional() @IsString() @MaxLength(200) address2?: string | null;
  @IsOptional() @IsString() @MaxLength(200) address3?: string | null;
  @IsOptional() @IsString() @MaxLength(200) address4?: string | null;
  @IsOptional() @IsString() @MaxLength(100) city?: string | null;
  @IsOptional() @IsString() @MaxLength(100) state?: string | null;
  @IsOptional() @IsString() @MaxLength(20) zip?: string | null;
  @IsOptional() @IsString() @MaxLength(100) country?: string | null;
}

const line = { type: 'string', write: true } as const;
const place = { type: 'string', write: true, filter: true, sort: true } as const;
const time = { type: 'timestamp', filter: true, sort: true } as const;

export const addressResource = defineResource({
  type: 'address',
  path: 'addresses',
  entity: Address,
  dto: AddressAttributes,
  policy: personPartPolicy,
  partOf: ['person'],
  onceByWhole: ['address_type'],
  conflicts: {
    addresses_once_per_type: {
      field: 'address_type',
      code: 'conflict',
      detail: 'The person has an address of this type; change that one.',
    },
  },
  about: {
    summary: 'A postal address of a person, one of each type.',
    attributes: {
      address_type: { about: 'Each person has one of each at most.', example: 'current' },
      address1: { example: '12 St James’s Square' },
      city: { example: 'London' },
    },
  },
  attributes: {
    address_type: { type: 'string', write: true, filter: true, sort: true },
    ...{ address1: line, address2: line, address3: line, address4: line },
    ...{ city: place, state: place, zip: place, country: place },
    ...{ created_at: time, updated_at: time },
  },
  relationships: {
    person: { kind: 'to-one', type: 'person', column: 'person_id', write: 'create', required: true },
  },
});
