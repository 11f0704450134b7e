import type { JsonApiError } from '../jsonapi/index.js';
import { readTexts } from './read-texts.js';

const attributes = { email: 'ada@example.org', password: 'correct horse' };
const readCredentials = (body: unknown, lenient: boolean) =>
  readTexts(body, { type: 'session', names: ['email', 'password'] }, lenient);
const document = (data: object) => ({ data: { type: 'session', attributes, ...data } });

function problemsOf(body: unknown, lenient = false): [code: string, pointer: string | undefined][] {
  try {
    readCredentials(body, lenient);
  } catch (error) {
    return (error as JsonApiError).problems.map(({ code, source }) => [code, source?.pointer]);
  }
  return [];
}

describe('readTexts', () => {
  it('reads a JSON:API document', () => {
    expect(readCredentials(document({}), false)).toEqual(attributes);
    expect(readCredentials(document({ id: null }), true)).toEqual(attributes);
    expect(readCredentials(document({ attributes: { ...attributes, '@note': 1 } }), false)).toEqual(
      attributes,
    );
  });

  it('reads the two alone, and ignores what it does not know, for a lenient client only', () => {
    expect(readCredentials({ ...attributes, remember: true }, true)).toEqual(attributes);
    expect(problemsOf(attributes)).toEqual([['malformed_document', '']]);
  });

  it.each<[string, unknown, [string, string][]]>([
    ['an array', [], [['malformed_document', '']]],
    ['null', null, [['malformed_document', '']]],
    ['no data', {}, [['malformed_document', '']]],
    ['data of another kind', { data: [] }, [['malformed_document', '/data']]],
    ['no type', { data: { attributes } }, [['malformed_document', '/data']]],
    ['a type of another kind', document({ type: 1 }), [['malformed_document', '/data/type']]],
    ['another type', document({ type: 'user' }), [['type_conflict', '/data/type']]],
    ['an id', document({ id: '1' }), [['client_id_not_allowed', '/data/id']]],
    [
      'attributes of another kind',
      document({ attributes: 'x' }),
      [['malformed_document', '/data/attributes']],
    ],
    [
      'relationships of another kind',
      document({ relationships: [] }),
      [['malformed_document', '/data/relationships']],
    ],
    [
      'a relationship',
      document({ relationships: { 'a/b': {} } }),
      [['unknown_relationship', '/data/relationships/a~1b']],
    ],
    [
      'no attributes',
      { data: { type: 'session' } },
      [
        ['invalid_attribute', '/data'],
        ['invalid_attribute', '/data'],
      ],
    ],
    [
      'no password',
      document({ attributes: { email: 'a@b.c' } }),
      [['invalid_attribute', '/data/attributes']],
    ],
    [
      'a number',
      document({ attributes: { ...attributes, password: 1 } }),
      [['invalid_attribute', '/data/attributes/password']],
    ],
    [
      'NUL',
      document({ attributes: { ...attributes, email: 'a\0' } }),
      [['invalid_attribute', '/data/attributes/email']],
    ],
    [
      'half a letter',
      document({ attributes: { ...attributes, password: '\ud800' } }),
      [['invalid_attribute', '/data/attributes/password']],
    ],
    [
      'an unknown attribute',
      document({ attributes: { ...attributes, otp: '1' } }),
      [['unknown_attribute', '/data/attributes/otp']],
    ],
  ])('refuses %s', (_name, body, problems) => {
    expect(problemsOf(body)).toEqual(problems);
  });

  it('points into the flat body of a lenient client', () => {
    expect(problemsOf({ email: '', password: 'x' }, true)).toEqual([['invalid_attribute', '/email']]);
  });
});
