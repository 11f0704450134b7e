import type { ResourceAbout } from '../jsonapi/index.js';
import { closed, schemaRef } from '../jsonapi/openapi/index.js';
import { MATCH_REPORT_EXAMPLE, MATCH_REPORT_SCHEMAS } from './merge/index.js';
import { BOOLEAN, CONFLICTING_REF } from './match-parameters.js';

const newPerson = {
  type: 'person',
  attributes: { first_name: 'Ada', last_name: 'Lovelace', birth_date: '1815-12-10', external_ref: 'crm-1' },
};

/** A person for the readers of `/openapi.json`. */
export const personAbout: ResourceAbout = {
  summary: 'Somebody whom a group knows. Posting one finds the person that is already known, and updates it.',
  exampleId: '2',
  attributes: {
    first_name: { example: 'Ada' },
    middle_name: { example: null },
    last_name: { example: 'Lovelace' },
    full_name: { about: 'The names that there are, in one.', example: 'Ada Lovelace' },
    gender: { example: 'female' },
    birth_date: { example: '1815-12-10' },
    external_ref: {
      about: 'The id of this person in your own system. It belongs to the person in a group.',
      example: 'crm-1',
    },
    primary_email_address: { example: 'ada@example.org' },
    primary_phone_number: { example: '(415) 555-2671' },
  },
  parameters: {
    dry_run: { about: 'Answers what would happen, and writes nothing.', values: BOOLEAN },
    conflicting_ref: {
      about:
        'What to do when an e-mail or phone meets a person with another `external_ref`; may only be stricter.',
      values: CONFLICTING_REF,
    },
    name_guard: { about: 'Whether a match needs names that agree; may only be stricter.', values: BOOLEAN },
  },
  creations: {
    'With an e-mail, a phone and a group, without links: they belong to the person': {
      data: newPerson,
      included: [
        { type: 'email_address', attributes: { email: 'ada@example.org' } },
        { type: 'phone_number', attributes: { number: '(415) 555-2671', location: 'mobile' } },
        { type: 'group_membership', attributes: { group_id: '1' } },
      ],
    },
    'The same, linked by `lid`': {
      data: {
        ...newPerson,
        lid: 'ada',
        relationships: { email_addresses: { data: [{ type: 'email_address', lid: 'mail' }] } },
      },
      included: [
        {
          type: 'email_address',
          lid: 'mail',
          attributes: { email: 'ada@example.org', primary: true },
          relationships: { person: { data: { type: 'person', lid: 'ada' } } },
        },
      ],
    },
    'Assigned to person 1, who looks after her': {
      data: newPerson,
      included: [
        { type: 'email_address', attributes: { email: 'ada@example.org' } },
        { type: 'contact_assignment', attributes: { assigned_to_id: '1', note: 'Met at the conference' } },
      ],
    },
    'Known by the same e-mail, but as somebody else: a new person, and a pair for the duplicate queue': {
      data: { type: 'person', attributes: { first_name: 'Annabella', external_ref: 'crm-2' } },
      included: [
        { type: 'email_address', attributes: { email: 'ada@example.org' } },
        { type: 'group_membership', attributes: { group_id: '1' } },
      ],
    },
  },
  ends: { created_by: '1', groups: '1', user: null },
  changes: {
    'A name, and one more e-mail': {
      data: { type: 'person', id: '2', attributes: { middle_name: 'King' } },
      included: [{ type: 'email_address', attributes: { email: 'ada@work.example' } }],
    },
    'Clear a value': { data: { type: 'person', id: '2', attributes: { gender: null } } },
  },
  operations: {
    'A group, somebody in it, and her e-mail': [
      { op: 'add', data: { type: 'group', lid: 'choir', attributes: { name: 'Choir' } } },
      {
        op: 'add',
        data: {
          type: 'person',
          lid: 'grace',
          attributes: { first_name: 'Grace', last_name: 'Hopper', external_ref: 'crm-9' },
          relationships: { groups: { data: [{ type: 'group', lid: 'choir' }] } },
        },
      },
      {
        op: 'add',
        data: {
          type: 'email_address',
          attributes: { email: 'grace@example.org' },
          relationships: { person: { data: { type: 'person', lid: 'grace' } } },
        },
      },
    ],
  },
  creation: {
    meta: closed({ match: schemaRef('MatchReport') }, ['match']),
    example: { match: MATCH_REPORT_EXAMPLE },
  },
  schemas: MATCH_REPORT_SCHEMAS,
};
