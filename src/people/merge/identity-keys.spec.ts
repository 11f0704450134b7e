import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import {
  emailKey,
  externalRefProblem,
  isUnusable,
  nameKey,
  phoneKey,
  storedName,
  withExtension,
} from './identity-keys.js';
import { namesDiffer } from './compared-name.js';
import { LOCK_BUCKETS, lockBuckets } from './lock-keys.js';

const emailForm = (text: string): string => {
  const key = emailKey(text);
  return isUnusable(key) ? 'unusable' : key.normalForm;
};
const phoneForm = (text: string, region = 'US', extension?: string): string => {
  const key = phoneKey(text, region, extension);
  return isUnusable(key) ? 'unusable' : key.normalForm;
};

describe('the normal form of an e-mail address', () => {
  it.each([
    ['  Ada@Example.ORG ', 'ada@example.org'],
    ['ada+news@example.org', 'ada+news@example.org'],
    ['a.d.a@gmail.com', 'a.d.a@gmail.com'],
    ['ada@MÜNCHEN.de', 'ada@xn--mnchen-3ya.de'],
    ['ada@xn--mnchen-3ya.de', 'ada@xn--mnchen-3ya.de'],
    ['rene\u0301@example.org', 'ren\u00e9@example.org'],
    ["o'neil@example.org", "o'neil@example.org"],
    ['ada', 'unusable'],
    ['ada@', 'unusable'],
    ['@example.org', 'unusable'],
    ['ada@localhost', 'unusable'],
    ['ada@a%2eb.org', 'unusable'],
    ['ada@1.2.3', 'unusable'],
    ['Ada <ada@example.org>', 'unusable'],
    ['ada@example.org\u0000', 'unusable'],
    ['ada\ud800@example.org', 'unusable'],
    ['a b@example.org', 'unusable'],
    ['ada@EXAMPLE。org', 'ada@example.org'],
    ['ada@fa\u00df.de', 'ada@xn--fa-hia.de'],
    [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
    [`${'a'.repeat(65)}@example.org`, 'unusable'],
    [`ada@${'a'.repeat(64)}.org`, 'unusable'],
    [`ada@${'long.'.repeat(60)}example.org`, 'unusable'],
    [`ada@x${'\u00ad'.repeat(400)}.org`, 'unusable'],
  ])('of %j is %s', (text, form) => expect(emailForm(text)).toBe(form));

  it('keeps the spelling that was sent, trimmed', () => {
    expect(emailKey(' Ada@Example.ORG ')).toEqual({
      email: 'Ada@Example.ORG',
      normalForm: 'ada@example.org',
    });
  });

  it('is its own normal form, and does not depend on case', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const form = emailForm(email);
        expect(emailForm(form)).toBe(form);
        expect(emailForm(email.toUpperCase())).toBe(form);
      }),
    );
  });

  it('of an international address is its own, and does not depend on case, composition, blanks or the domain’s script', () => {
    const letter = fc.constantFrom(...'aäçéîñøšžжяßığ漢字'.normalize('NFC'));
    const word = fc.array(letter, { minLength: 1, maxLength: 8 }).map((letters) => letters.join(''));
    const domain = fc.constantFrom('münchen.de', 'EXAMPLE.org', 'пример.рф', '例え.jp', 'faß.example');
    fc.assert(
      fc.property(word, domain, (local, host) => {
        const form = emailForm(`${local}@${host}`);
        expect(emailForm(form)).toBe(form);
        const spellings = [
          `\u00a0${local}@${host.toUpperCase().replace('FASS', 'FAß')}\t`,
          `${local}@${domainToASCII(host)}`,
          `${local.normalize('NFD')}@${host.normalize('NFD')}`,
          `${capitals(local)}@${host}`,
        ];
        expect(spellings.map(emailForm)).toEqual(spellings.map(() => form));
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => typeof emailForm(`${text}@x.org`) === 'string'),
    );
  });
});

/** In capitals, but for letters whose capital is another one's as well. */
const capitals = (text: string): string => text.replace(/[^ßı]/gu, (letter) => letter.toUpperCase());

describe('the normal form of a phone number', () => {
  it.each([
    ['(212) 555-0100', '+12125550100'],
    ['+1 212 555 0100', '+12125550100'],
    ['+1 212 555 0100 ext. 12', '+12125550100;ext=12'],
    ['555-0100', '5550100'],
    ['(555) 010-0000', '+15550100000'],
    ['room 12', '12'],
    ['Tel. 212 555 0100', '+12125550100'],
    ['212 555 0100 (home)', '+12125550100'],
    ['tel:+358-40-1234567', '+358401234567'],
    ['212 555 0100 / 212 555 0101', '21255501002125550101'],
    ['011 358 40 1234567', '+358401234567'],
    ['+1 555', '1555'],
    ['２１２５５５０１００', '+12125550100'],
    ['٢١٢٥٥٥٠١٠٠', '+12125550100'],
    ['no digits', 'unusable'],
    ['+', 'unusable'],
    ['212\u00005550100', 'unusable'],
    ['1'.repeat(300), 'unusable'],
  ])('of %j is %s', (text, form) => expect(phoneForm(text)).toBe(form));

  it('uses the region only where there is no country code', () => {
    expect(phoneForm('020 7946 0018', 'GB')).toBe('+442079460018');
    expect(phoneForm('+1 212 555 0100', 'GB')).toBe('+12125550100');
  });

  it('takes the extension apart from the number or beside it', () => {
    expect(phoneForm('212 555 0100', 'US', '12')).toBe(phoneForm('212 555 0100 x12'));
    expect(withExtension('+12125550100;ext=12', null)).toBe('+12125550100');
    expect(withExtension('+12125550100', 'x 7')).toBe('+12125550100;ext=7');
  });

  const regions = fc.constantFrom('US', 'GB', 'FI', 'DE', 'IT', 'RU', 'JP');
  const scribbled = fc.stringMatching(/^[+(]?[\dx٠-٩０-９ ./()-]{1,20}$/);

  it('is its own normal form, in its region; with a country code in every region', () => {
    fc.assert(
      fc.property(scribbled, regions, regions, (text, region, other) => {
        const form = phoneForm(text, region);
        fc.pre(form !== 'unusable');
        if (form.startsWith('+'))
          expect([phoneForm(form, region), phoneForm(form, other)]).toEqual([form, form]);
        // A plus that made no number is not compared.
        else if (!text.includes('+')) expect(phoneForm(form, region)).toBe(form);
      }),
      { numRuns: 500 },
    );
  });

  it('of what cannot be parsed is all of its digits and nothing else', () => {
    fc.assert(
      fc.property(scribbled, regions, (text, region) => {
        const form = phoneForm(text, region);
        if (/^\d/.test(form))
          expect(form).toBe(text.normalize('NFKC').replace(/\D/g, (at) => arabicDigit(at)));
      }),
    );
  });

  it('does not depend on punctuation', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[2-9]\d{2}[2-9]\d{6}$/), (digits) => {
        const [area, office, line] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
        expect(phoneForm(`(${area}) ${office}-${line}`)).toBe(phoneForm(`+1${digits}`));
      }),
    );
  });
});

const arabicDigit = (character: string): string =>
  /[\u0660-\u0669]/.test(character) ? String(character.charCodeAt(0) & 0xf) : '';

describe('names', () => {
  it.each([
    ['Straße', 'STRASSE', false],
    ['Zoe\u0308', 'Zo\u00eb', false],
    ['ΣΊΣΥΦΟΣ', 'Σίσυφος', false],
    ['Ada  Maria', ' ada maria ', false],
    ['ﬁona', 'Fiona', false],
    ['STRAẞE', 'Straße', false],
    ['Ａｄａ', 'ADA', false],
    ['Ada\u00a0Maria', 'Ada Maria', false],
    ['D’Arcy', "D'Arcy", true],
    ['Ada', 'Eva', true],
    ['Işıl', 'Isil', true],
    ['José', 'Jose', true],
  ])('%j and %j', (one, other, differ) =>
    expect(namesDiffer({ first_name: one }, { first_name: other }, 'first_name')).toBe(differ),
  );

  it.each([[null], [undefined], ['']])('do not differ from a name that is missing (%j)', (missing) => {
    expect(namesDiffer({ last_name: 'Ada' }, { last_name: missing }, 'last_name')).toBe(false);
  });

  it('are kept in NFC, trimmed, with single blanks', () => {
    expect(storedName(' Zoe\u0308 \t  Maria ')).toBe('Zo\u00eb Maria');
  });

  it('do not depend on case, composition or width, letter by letter', () => {
    const letters = Array.from({ length: 0x2fa1e }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((character) => /\p{L}/u.test(character) && character !== 'ı');
    const apart = letters.filter((letter) =>
      [letter.toUpperCase(), letter.toLowerCase(), letter.normalize('NFD'), letter.normalize('NFKC')].some(
        (spelling) => nameKey(spelling) !== nameKey(letter),
      ),
    );
    expect(letters.length).toBeGreaterThan(100_000);
    expect(apart).toEqual([]);
  });

  it('fold once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) =>
        expect(nameKey(nameKey(name))).toBe(nameKey(name)),
      ),
    );
  });
});

describe('an external reference', () => {
  it.each([['R1'], ['r 1'], ['Ω/1?#'], ['0'], ['x'.repeat(255)]])('%j is taken as it is', (ref) => {
    expect(externalRefProblem(ref)).toBeUndefined();
  });
  it.each([[' R1'], ['R1 '], ['R\t1'], ['R\u00001'], ['R\u00a0'], ['\ud800'], ['x'.repeat(256)]])(
    '%j is refused',
    (ref) => expect(externalRefProblem(ref)).toBeDefined(),
  );
});

describe('lock buckets', () => {
  it('are few, ascending, each once, and the same in whatever order the keys come', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 50 }), (emails) => {
        const buckets = lockBuckets({ refs: [], phones: [], emails });
        expect(buckets).toEqual([...new Set(buckets)].sort((a, b) => a - b));
        expect(buckets.every((bucket) => bucket >= 0 && bucket < LOCK_BUCKETS)).toBe(true);
        expect(lockBuckets({ refs: [], phones: [], emails: [...emails].reverse() })).toEqual(buckets);
      }),
    );
  });
});
