import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import { JsonApiError, notFound, Registry } from '../jsonapi/index.js';
import {
  authorizeCreation,
  authorizeRemoval,
  authorizeUpdate,
  pointerIn,
  type CreateOperation,
  type Draft,
  type OperationContext,
  type RemoveOperation,
  type UpdateOperation,
  type Written,
} from '../jsonapi/operations/index.js';
import { ChangePerson } from './change-person.js';
import type { EmailInput, Entry, EntryResult, PhoneInput, Removal } from './merge/index.js';

type Points = Pick<Entry, 'emails' | 'phones'>;

/** E-mails and phones at their own URLs: what is asked is an entry about their person, so that the rules are the same. */
@Injectable()
export class WriteContactPoint implements CreateOperation, UpdateOperation, RemoveOperation {
  constructor(
    private readonly registry: Registry,
    private readonly people: ChangePerson,
  ) {}

  /** A value that the person has already is not made twice: its record is the answer. */
  async create(tx: Transaction, context: OperationContext<Actor>, draft: Draft): Promise<Written> {
    const values = await authorizeCreation(tx, this.registry, context, draft);
    const personId = String(values['person_id']);
    const result = await this.people.change(tx, context, personId, pointsOf(draft, false));
    const [form] = formsOf(result, context.resource.type);
    const [record] = await tx.query<{ id: string; made: boolean }>(sql`
      select id, created_at = now() as made from ${raw(context.resource.table)}
      where person_id = ${personId}::bigint and normal_form = ${form}`);
    if (!record) throw notFound(context.resource, '');
    return { id: record.id, created: record.made };
  }

  async update(
    tx: Transaction,
    context: OperationContext<Actor>,
    id: string,
    draft: Draft,
  ): Promise<Written> {
    const row = await authorizeUpdate(tx, this.registry, context, id, draft);
    await this.people.change(tx, context, String(row['person_id']), pointsOf({ ...draft, id }, undefined));
    return { id, created: false };
  }

  async remove(tx: Transaction, context: OperationContext<Actor>, id: string): Promise<void> {
    const row = await authorizeRemoval(tx, this.registry, context, id);
    const removals = [{ kind: context.resource.type as Removal['kind'], id }];
    const { outcome } = await this.people.change(tx, context, String(row['person_id']), { removals });
    if (outcome === 'unchanged') throw notFound(context.resource, id);
  }
}

/** An e-mail or a phone as an entry has it. @param primary what it means when the request does not say it */
export function pointsOf(draft: Draft, primary: boolean | undefined): Points {
  const { resource, attributes, id } = draft;
  const value = resource.type === 'email_address' ? 'email' : 'number';
  const pointer = pointerIn(draft)(value);
  const text = attributes[value];
  if (typeof text === 'string' && text.trim() === '')
    throw JsonApiError.of('invalid_attribute', `"${value}" is blank; write one, or leave it out.`, {
      pointer,
    });
  const input = { ...attributes, id, primary: attributes['primary'] ?? primary, pointer };
  return resource.type === 'email_address'
    ? { emails: [input as EmailInput] }
    : { phones: [input as PhoneInput] };
}

const formsOf = ({ match: { keys } }: EntryResult, type: string): readonly string[] =>
  type === 'email_address' ? keys.email_addresses : keys.phone_numbers;
