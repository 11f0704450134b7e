import { createSecretKey, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { readClaims, TokenService } from './token.service.js';

const newKey = () => createSecretKey(randomBytes(48));
const subject = { userId: '7', sessionId: '12' };

describe('TokenService', () => {
  it('signs what jsonwebtoken verifies, with the claims of the contract and no others', () => {
    const key = newKey();
    const before = Math.floor(Date.now() / 1000);
    const { token, expiresAt } = new TokenService([key], 100).sign(subject);
    const { header, payload } = jwt.verify(token, key, { algorithms: ['HS256'], complete: true });
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
    const claims = payload as jwt.JwtPayload;
    expect(Object.keys(claims)).toEqual(['user_id', 'sid', 'iat', 'exp']);
    expect(claims).toMatchObject({ user_id: '7', sid: '12' });
    expect((claims.iat as number) - before).toBeLessThanOrEqual(1);
    expect(claims.exp).toBe((claims.iat as number) + 100);
    expect(expiresAt.getTime()).toBe((claims.exp as number) * 1000);
  });

  it('signs with the first key and finds the one that signed', () => {
    const [current, old] = [newKey(), newKey()];
    const tokens = new TokenService([current, old], 100);
    expect(tokens.keyFor(tokens.sign(subject).token)).toBe(current);
    expect(tokens.keyFor(new TokenService([old], 100).sign(subject).token)).toBe(old);
  });

  it.each(['', '.', 'a', 'a.b', 'a.b.c', 'a.b.', '..é'])('falls back to the first key for %j', (token) => {
    const keys = [newKey(), newKey()] as const;
    expect(new TokenService(keys, 100).keyFor(token)).toBe(keys[0]);
  });
});

describe('readClaims', () => {
  it('reads whom a token names', () => {
    expect(readClaims({ user_id: '7', sid: '12', iat: 1, exp: 2 })).toEqual(subject);
  });

  it('takes one that was made by a clock that is a little ahead', () => {
    expect(readClaims({ user_id: '7', sid: '12', iat: Date.now() / 1000 + 30, exp: 9e9 })).toEqual(subject);
  });

  it.each([
    ['no exp', { user_id: '7', sid: '12', iat: 1 }],
    ['no iat', { user_id: '7', sid: '12', exp: 2 }],
    ['an iat that is none', { user_id: '7', sid: '12', iat: '1', exp: 2 }],
    ['an iat of the future', { user_id: '7', sid: '12', iat: Date.now() / 1000 + 90, exp: 9e9 }],
    ['no session', { user_id: '7', iat: 1, exp: 2 }],
    ['a number', { user_id: 7, sid: '12', iat: 1, exp: 2 }],
    ['a sign', { user_id: '-7', sid: '12', iat: 1, exp: 2 }],
    ['more than a bigint holds', { user_id: '7', sid: '9'.repeat(19), iat: 1, exp: 2 }],
    ['SQL', { user_id: '7; drop table users', sid: '12', iat: 1, exp: 2 }],
    ['a text', 'claims'],
    ['null', null],
  ])('refuses %s', (_name, claims) => {
    expect(readClaims(claims)).toBeNull();
  });
});
