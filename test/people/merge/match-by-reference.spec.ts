import { check, EMAIL, PHONE, withEmail, withPhone, type Case } from './match-case.js';
import { person } from './planning-world.js';

describe('the external reference', () => {
  const cases: readonly Case[] = [
    {
      name: 'finds its holder, whatever the names say',
      people: [person('10', { first: 'Eve', groups: { 1: 'R1', 2: 'R1' } })],
      entry: { ref: 'R1', first: 'Ada' },
      verdict: 'updated external_ref 10',
    },
    {
      name: 'finds its holder under the name guard as well',
      people: [person('10', { first: 'Eve', groups: { 1: 'R1', 2: 'R1' } })],
      entry: { ref: 'R1', first: 'Ada' },
      world: { policy: { nameGuard: true } },
      verdict: 'updated external_ref 10',
    },
    {
      name: 'of a person without a group finds it where no group is named',
      people: [person('10', { first: 'Ada', ref: 'R1', mine: true })],
      entry: { ref: 'R1' },
      verdict: 'updated external_ref 10',
    },
    {
      name: 'is compared with its case',
      people: [person('10', { first: 'Eve', groups: { 1: 'r1' } })],
      entry: { ref: 'R1' },
      verdict: 'created',
    },
    {
      name: 'beats the e-mail of somebody else, who is queued',
      people: [person('10', { first: 'Ada', groups: { 1: 'R1', 2: 'R1' } }), withEmail('11')],
      entry: { ref: 'R1', email: EMAIL },
      verdict: 'updated external_ref 10',
      pairs: ['pair 10 11'],
    },
    {
      name: 'bridges nobody when its holder has the e-mail already',
      people: [withEmail('10', { groups: { 1: 'R1', 2: 'R1' } }), withEmail('11')],
      entry: { ref: 'R1', email: EMAIL },
      verdict: 'unchanged external_ref 10',
      pairs: [],
    },
    {
      name: 'beats the e-mail of somebody in a group that is not named, who is queued across the groups',
      people: [person('10', { groups: { 1: 'R1' } }), withEmail('11', { groups: { 2: null } })],
      entry: { ref: 'R1', email: EMAIL, groups: ['1'] },
      verdict: 'updated external_ref 10',
      pairs: ['cross_group 10 11'],
    },
    {
      name: 'of somebody in a group that is not named goes to the match here, and the two are queued',
      people: [person('10', { groups: { 2: 'R1' } }), withEmail('11', { groups: { 1: null } })],
      entry: { ref: 'R1', email: EMAIL, groups: ['1'] },
      verdict: 'updated email_address 11',
      pairs: ['cross_group 11 10'],
    },
    {
      name: 'that is unknown goes to the match that has none',
      people: [withEmail('10', { first: 'Ada' })],
      entry: { ref: 'R1', email: EMAIL },
      verdict: 'updated email_address 10',
    },
    {
      name: 'in an archived membership is nobody’s',
      people: [person('10', { groups: { 1: 'R1' }, archived: ['1'], assignedToMe: true })],
      entry: { ref: 'R1', groups: ['1'] },
      verdict: 'created',
    },
    {
      name: 'of two people in two groups is decided by e-mail',
      people: [person('10', { groups: { 1: 'R1' } }), withEmail('11', { groups: { 2: 'R1' } })],
      entry: { ref: 'R1', email: EMAIL, groups: ['1', '2'] },
      verdict: 'unchanged external_ref 11',
      warnings: ['membership_conflict'],
      pairs: ['pair 11 10'],
    },
    {
      name: 'of two people in two groups is decided by phone',
      people: [withPhone('10', { groups: { 1: 'R1' } }), person('11', { groups: { 2: 'R1' } })],
      entry: { ref: 'R1', phone: PHONE, groups: ['1', '2'] },
      verdict: 'unchanged external_ref 10',
      warnings: ['membership_conflict'],
      pairs: ['pair 10 11'],
    },
    {
      name: 'of two people who both have the e-mail is decided by the phone too',
      people: [
        withEmail('10', { groups: { 1: 'R1' } }),
        withEmail('11', { phones: [PHONE], groups: { 2: 'R1' } }),
      ],
      entry: { ref: 'R1', email: EMAIL, phone: PHONE },
      verdict: 'unchanged external_ref 11',
      warnings: ['membership_conflict'],
    },
    {
      name: 'of three people is decided by the names of the two who have the e-mail',
      people: [
        person('10', { first: 'Ada', groups: { 3: 'R1' } }),
        withEmail('11', { first: 'Ada', groups: { 1: 'R1' } }),
        withEmail('12', { first: 'Eve', groups: { 2: 'R1' } }),
      ],
      entry: { ref: 'R1', email: EMAIL, first: 'Ada' },
      verdict: 'unchanged name_tiebreak 11',
      warnings: ['membership_conflict'],
    },
    {
      name: 'of two people in two groups is else decided by the names',
      people: [
        person('10', { first: 'Ada', groups: { 1: 'R1' } }),
        person('11', { first: 'Eve', groups: { 2: 'R1' } }),
      ],
      entry: { ref: 'R1', first: 'EVE', groups: ['2', '1'] },
      verdict: 'updated name_tiebreak 11',
      warnings: ['membership_conflict'],
      pairs: ['pair 11 10'],
    },
    {
      name: 'of two people in two groups is else ambiguous',
      people: [person('10', { groups: { 1: 'R1' } }), person('11', { groups: { 2: 'R1' } })],
      entry: { ref: 'R1', first: 'Ada' },
      verdict: 'failed ambiguous_match',
    },
    {
      name: 'in a group that is not named belongs to another person, who is queued',
      people: [person('10', { groups: { 1: 'R1' } })],
      entry: { ref: 'R1', groups: ['2'] },
      verdict: 'created',
      pairs: ['cross_group new 10'],
    },
    {
      name: 'in a group that is not named belongs to another person, even to one who is in both groups',
      people: [person('10', { groups: { 1: 'R1', 2: null } })],
      entry: { ref: 'R1', groups: ['2'] },
      verdict: 'created',
      pairs: ['pair new 10'],
    },
  ];
  it.each(cases)('$name', check);
});

describe('another external reference', () => {
  const cases: readonly Case[] = [
    {
      name: 'is taken over by a match of the same first name',
      people: [withEmail('10', { first: 'ADA', groups: { 1: 'R1', 2: 'R1' } })],
      entry: { ref: 'R2', email: EMAIL, first: 'Ada' },
      verdict: 'updated email_address 10',
      warnings: ['external_ref_replaced'],
    },
    {
      name: 'is taken over when a first name is missing',
      people: [withEmail('10', { first: 'Ada', groups: { 1: 'R1', 2: 'R1' } })],
      entry: { ref: 'R2', email: EMAIL },
      verdict: 'updated email_address 10',
      warnings: ['external_ref_replaced'],
    },
    {
      name: 'is taken over when the stored first name is missing',
      people: [withEmail('10', { last: 'Lovelace', groups: { 1: 'R1', 2: 'R1' } })],
      entry: { ref: 'R2', email: EMAIL, first: 'Ada' },
      verdict: 'updated email_address 10',
      warnings: ['external_ref_replaced'],
    },
    {
      name: 'and another last name are still the same person',
      people: [withEmail('10', { first: 'Ada', last: 'Byron', groups: { 1: 'R1', 2: 'R1' } })],
      entry: { ref: 'R2', email: EMAIL, first: 'Ada', last: 'Lovelace' },
      verdict: 'updated email_address 10',
      warnings: ['external_ref_replaced'],
    },
    {
      name: 'is replaced in each group of the scope, also where the reference itself has found the person',
      people: [person('10', { groups: { 1: 'R1', 2: 'R9' } })],
      entry: { ref: 'R1' },
      verdict: 'updated external_ref 10',
      warnings: ['external_ref_replaced'],
    },
    {
      name: 'beside an equal one is no other reference',
      people: [withEmail('10', { first: 'Ada', groups: { 1: 'R1', 2: 'R2' } })],
      entry: { ref: 'R2', email: EMAIL, first: 'Eve' },
      world: { policy: { conflictingRef: 'separate' } },
      verdict: 'updated external_ref 10',
      warnings: ['external_ref_replaced'],
    },
    {
      name: 'and another first name are another person; the pair is queued',
      people: [withEmail('10', { first: 'Ada', groups: { 1: 'R1' } })],
      entry: { ref: 'R2', email: EMAIL, first: 'Eve' },
      verdict: 'created',
      pairs: ['pair new 10'],
    },
    {
      name: 'is always taken over under `match`',
      people: [withEmail('10', { first: 'Ada', groups: { 1: 'R1', 2: 'R1' } })],
      entry: { ref: 'R2', email: EMAIL, first: 'Eve' },
      world: { policy: { conflictingRef: 'match' } },
      verdict: 'updated email_address 10',
      warnings: ['name_mismatch', 'external_ref_replaced'],
    },
    {
      name: 'is never taken over under `separate`',
      people: [withEmail('10', { first: 'Ada', groups: { 1: 'R1' } })],
      entry: { ref: 'R2', email: EMAIL, first: 'Ada' },
      world: { policy: { conflictingRef: 'separate' } },
      verdict: 'created',
      pairs: ['pair new 10'],
    },
    {
      name: 'in a group that is not named is no other reference',
      people: [withEmail('10', { first: 'Ada', groups: { 1: 'R1', 2: null } })],
      entry: { ref: 'R2', email: EMAIL, first: 'Ada', groups: ['2'] },
      world: { policy: { conflictingRef: 'separate' } },
      verdict: 'updated email_address 10',
    },
    {
      name: 'is judged for each of several candidates before they are counted',
      people: [
        withEmail('10', { first: 'Anna', groups: { 1: 'R1', 2: null } }),
        withEmail('11', { first: 'Ada', groups: { 1: null, 2: null } }),
      ],
      entry: { ref: 'R2', email: EMAIL, first: 'Ada' },
      verdict: 'updated email_address 11',
    },
    {
      name: 'of all candidates makes a new person, queued with each',
      people: [
        withEmail('10', { first: 'Anna', groups: { 1: 'R1', 2: null } }),
        withEmail('11', { first: 'Eve', groups: { 1: null, 2: 'R1' } }),
      ],
      entry: { ref: 'R2', email: EMAIL, first: 'Ada' },
      verdict: 'created',
      pairs: ['pair new 10', 'pair new 11'],
    },
    {
      name: 'of one of three candidates leaves two, who are decided by the names',
      people: [
        withEmail('10', { first: 'Anna', last: 'Lovelace', groups: { 1: 'R1', 2: null } }),
        withEmail('11', { last: 'Lovelace', groups: { 1: null, 2: null } }),
        withEmail('12', { first: 'Ada', last: 'Lovelace', groups: { 1: null, 2: null } }),
      ],
      entry: { ref: 'R2', email: EMAIL, first: 'Ada', last: 'Lovelace' },
      verdict: 'updated name_tiebreak 12',
    },
  ];
  it.each(cases)('$name', check);
});
