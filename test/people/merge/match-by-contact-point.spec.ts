import { check, EMAIL, PHONE, withEmail, withPhone, type Case } from './match-case.js';
import { person } from './planning-world.js';

const bothKeys = { email: EMAIL, phone: PHONE };
const mother = withEmail('10', { first: 'Anna', last: 'Lovelace' });
const daughter = withEmail('11', { first: 'Ada', last: 'Lovelace' });

describe('an e-mail or a phone', () => {
  const cases: readonly Case[] = [
    {
      name: 'finds its only holder, in any spelling',
      people: [withEmail('10', { first: 'Ada' })],
      entry: { email: ' ADA@Example.org' },
      verdict: 'unchanged email_address 10',
    },
    {
      name: 'finds by phone in any spelling',
      people: [withPhone('10', { first: 'Ada' })],
      entry: { phone: '+1 (212) 555-0100' },
      verdict: 'unchanged phone_number 10',
    },
    {
      name: 'that is not primary finds as well',
      people: [person('10', { emails: ['new@example.org', EMAIL], groups: { 1: null, 2: null } })],
      entry: { email: EMAIL },
      verdict: 'unchanged email_address 10',
    },
    {
      name: 'both of one person say so',
      people: [person('10', { emails: [EMAIL], phones: [PHONE], groups: { 1: null, 2: null } })],
      entry: bothKeys,
      verdict: 'unchanged email_address+phone_number 10',
    },
    {
      name: 'matches another first name, with a warning',
      people: [withEmail('10', { first: 'Eve' })],
      entry: { email: EMAIL, first: 'Ada' },
      verdict: 'updated email_address 10',
      warnings: ['name_mismatch'],
    },
    {
      name: 'does not match another first name under the name guard',
      people: [withEmail('10', { first: 'Eve' })],
      entry: { email: EMAIL, first: 'Ada' },
      world: { policy: { nameGuard: true } },
      verdict: 'failed ambiguous_match',
    },
    {
      name: 'matches another last name without a word',
      people: [withEmail('10', { first: 'Ada', last: 'Byron' })],
      entry: { email: EMAIL, first: 'Ada', last: 'Lovelace' },
      world: { policy: { nameGuard: true } },
      verdict: 'updated email_address 10',
    },
    {
      name: 'matches a missing first name under the name guard',
      people: [withEmail('10', { last: 'Lovelace' })],
      entry: { email: EMAIL, first: 'Ada' },
      world: { policy: { nameGuard: true } },
      verdict: 'updated email_address 10',
    },
    {
      name: 'matches another spelling of the first name under the name guard',
      people: [withEmail('10', { first: 'ZOË' })],
      entry: { email: EMAIL, first: 'zoe\u0308' },
      world: { policy: { nameGuard: true } },
      verdict: 'updated email_address 10',
    },
    {
      name: 'warns of another first name when one has both',
      people: [
        withPhone('10'),
        person('11', { first: 'Eve', emails: [EMAIL], phones: [PHONE], groups: { 1: null, 2: null } }),
      ],
      entry: { ...bothKeys, first: 'Ada' },
      verdict: 'updated email_address+phone_number 11',
      warnings: ['name_mismatch'],
    },
    {
      name: 'takes the one who has both before the one who has the phone',
      people: [
        withPhone('10'),
        person('11', { emails: [EMAIL], phones: [PHONE], groups: { 1: null, 2: null } }),
      ],
      entry: bothKeys,
      verdict: 'unchanged email_address+phone_number 11',
      pairs: [],
    },
    {
      name: 'obeys the name guard when one has both',
      people: [
        withPhone('10'),
        person('11', { first: 'Eve', emails: [EMAIL], phones: [PHONE], groups: { 1: null } }),
      ],
      entry: { ...bothKeys, first: 'Ada' },
      world: { policy: { nameGuard: true } },
      verdict: 'failed ambiguous_match',
    },
    {
      name: 'of two people are decided by the names; what they bridge is queued',
      people: [withEmail('10', { first: 'Ada' }), withPhone('11', { first: 'Eve' })],
      entry: { ...bothKeys, first: 'eve' },
      verdict: 'updated name_tiebreak 11',
      pairs: ['pair 11 10'],
    },
    {
      name: 'shared by a family is decided by the names; nothing is bridged',
      people: [mother, daughter],
      entry: { email: EMAIL, first: 'Ada', last: 'Lovelace' },
      verdict: 'unchanged name_tiebreak 11',
      pairs: [],
    },
    {
      name: 'shared by a family is ambiguous when all names given agree with both',
      people: [mother, daughter],
      entry: { email: EMAIL, last: 'Lovelace' },
      verdict: 'failed ambiguous_match',
    },
    {
      name: 'shared by a family is ambiguous without a name',
      people: [mother, daughter],
      entry: { email: EMAIL },
      verdict: 'failed ambiguous_match',
    },
    {
      name: 'shared by a household is decided by the names, for a phone as well',
      people: [withPhone('10', { first: 'Anna' }), withPhone('11', { first: 'Ada' })],
      entry: { phone: PHONE, first: 'ada' },
      verdict: 'updated name_tiebreak 11',
      pairs: [],
    },
    {
      name: 'of two people, neither of whom has the name, are ambiguous',
      people: [withEmail('10', { first: 'Anna' }), withPhone('11', { first: 'Eve' })],
      entry: { ...bothKeys, first: 'Ada' },
      verdict: 'failed ambiguous_match',
      pairs: [],
    },
    {
      name: 'of two who both have both are decided by the names',
      people: [
        person('10', { first: 'Anna', emails: [EMAIL], phones: [PHONE], groups: { 1: null, 2: null } }),
        person('11', { first: 'Ada', emails: [EMAIL], phones: [PHONE], groups: { 1: null, 2: null } }),
      ],
      entry: { ...bothKeys, first: 'Ada' },
      verdict: 'unchanged name_tiebreak 11',
    },
    {
      name: 'are decided by every name given, the middle one too',
      people: [
        withEmail('10', { first: 'Ada', last: 'Lovelace' }),
        { ...daughter, attributes: { ...daughter.attributes, middle_name: 'King' } },
      ],
      entry: { email: EMAIL, first: 'Ada', middle: 'King' },
      verdict: 'unchanged name_tiebreak 11',
    },
    {
      name: 'a name that is cleared is not given',
      people: [withEmail('10', { first: 'Ada' }), withEmail('11', { first: 'Ada', last: 'Lovelace' })],
      entry: { email: EMAIL, first: 'Ada', last: null },
      verdict: 'failed ambiguous_match',
    },
    {
      name: 'a stored name that is missing does not agree',
      people: [withEmail('10', { last: 'Lovelace' }), withEmail('11', { first: 'Ada', last: 'Lovelace' })],
      entry: { email: EMAIL, first: 'Ada', last: 'Lovelace' },
      verdict: 'unchanged name_tiebreak 11',
    },
    {
      name: 'several of one entry are all keys',
      people: [withEmail('10', { first: 'Ada' })],
      entry: { emails: ['b@x.org', EMAIL].map((email) => ({ email, pointer: `/${email}` })) },
      verdict: 'updated email_address 10',
    },
    {
      name: '"both" is at least one of each',
      people: [
        person('10', { emails: ['b@x.org'], phones: [PHONE], groups: { 1: null, 2: null } }),
        withEmail('11'),
      ],
      entry: { phone: PHONE, emails: ['b@x.org', EMAIL].map((email) => ({ email, pointer: `/${email}` })) },
      verdict: 'updated email_address+phone_number 10',
      pairs: ['pair 10 11'],
    },
  ];
  it.each(cases)('$name', check);
});
