import { readToken } from './read-token.js';

const NOT_OURS = 'credentials-of-another-kind';

describe('readToken', () => {
  it.each([
    ['nothing', undefined, '/people', null],
    ['an empty header', '', '/people', null],
    ['the header', 'Bearer abc', '/people', 'abc'],
    ['the scheme in lower case', 'bearer abc', '/people', 'abc'],
    ['the scheme in capitals', 'BEARER  abc', '/people', 'abc'],
    ['another scheme', 'Basic abc', '/people', NOT_OURS],
    ['the scheme alone', 'Bearer', '/people', NOT_OURS],
    ['a token without a scheme', 'abc', '/people', NOT_OURS],
    ['two tokens', 'Bearer abc def', '/people', NOT_OURS],
    ['the parameter', undefined, '/people?access_token=abc', 'abc'],
    ['the parameter among others', undefined, '/people?page[size]=2&access_token=abc&x', 'abc'],
    ['the parameter, encoded', undefined, '/people?%61ccess_token=a%62c', 'abc'],
    ['an empty parameter', undefined, '/people?access_token=', null],
    ['another parameter', undefined, '/people?my_access_token=abc', null],
    ['the parameter twice', undefined, '/people?access_token=abc&access_token=abc', NOT_OURS],
    ['both', 'Bearer header', '/people?access_token=query', 'header'],
    ['a bad header and the parameter', 'Basic header', '/people?access_token=query', NOT_OURS],
  ])('takes %s', (_name, authorization, url, token) => {
    expect(readToken({ headers: { authorization }, url })).toBe(token);
  });
});
