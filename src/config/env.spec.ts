import { readFileSync } from 'node:fs';
import { type EnvError, readEnv } from './env.js';

const LONG = 'x'.repeat(32);

const problemsOf = (source: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readEnv(source);
    return [];
  } catch (error) {
    return (error as EnvError).problems;
  }
};

describe('The settings', () => {
  test('need nothing to be set', () => {
    expect(readEnv({})).toEqual({
      production: false,
      port: 3000,
      host: '127.0.0.1',
      dataDir: '.kith',
      databaseUrl: undefined,
      preparedStatements: true,
      jwtSecrets: [],
      sessionTtl: 172_800,
      requestTokenTtl: 3600,
      statementTimeout: 60,
      adminEmail: 'admin@example.org',
      adminPassword: undefined,
      defaultPhoneRegion: 'US',
      matchConflictingRef: 'by_name',
      matchNameGuard: false,
      batchMaxEntries: 10_000,
      bodyLimit: 16 * 1024 ** 2,
      pageMaxSize: 1000,
      linkageMaxSize: 1000,
      publicUrl: undefined,
      rateLimitPerMinute: 6000,
      rateLimitSignInPerMinute: 10,
      smtpUrl: undefined,
      mailFrom: 'Kith <kith@localhost>',
      passwordLinkUrl: undefined,
      logLevel: 'info',
      corsOrigins: [],
      trustProxy: false,
    });
  });

  test.each([
    [{ PORT: '8080' }, { port: 8080 }],
    [{ DATABASE_URL: 'postgres://u@h/d' }, { databaseUrl: 'postgres://u@h/d' }],
    [{ JWT_SECRET: `${LONG}, ${LONG}y` }, { jwtSecrets: [LONG, `${LONG}y`] }],
    [{ BODY_LIMIT: '512kb' }, { bodyLimit: 524_288 }],
    [{ PUBLIC_URL: 'https://x.example/' }, { publicUrl: 'https://x.example' }],
    [
      { CORS_ORIGINS: 'https://a.example,https://b.example' },
      { corsOrigins: ['https://a.example', 'https://b.example'] },
    ],
    [{ TRUST_PROXY: 'loopback' }, { trustProxy: 'loopback' }],
    [
      { MATCH_NAME_GUARD: 'true', MATCH_CONFLICTING_REF: 'separate' },
      { matchNameGuard: true, matchConflictingRef: 'separate' },
    ],
    [{ PORT: ' ' }, { port: 3000 }],
    [{ TRUST_PROXY: '2' }, { trustProxy: 2 }],
    [{ TRUST_PROXY: 'loopback, 10.0.0.0/8, fd00::1' }, { trustProxy: 'loopback, 10.0.0.0/8, fd00::1' }],
    [
      { CORS_ORIGINS: 'https://a.example,http://localhost:8080' },
      { corsOrigins: ['https://a.example', 'http://localhost:8080'] },
    ],
  ])('%j is understood', (source, read) => {
    expect(readEnv(source)).toMatchObject(read);
  });

  test.each([
    ['PORT', '70000'],
    ['PORT', '3e3'],
    ['DATABASE_URL', 'mysql://h/d'],
    ['JWT_SECRET', 'short'],
    ['SESSION_TTL', '-1'],
    ['REQUEST_TOKEN_TTL', '90000'],
    ['ADMIN_EMAIL', 'nobody'],
    ['ADMIN_PASSWORD', 'short'],
    ['DEFAULT_PHONE_REGION', 'usa'],
    ['MATCH_CONFLICTING_REF', 'maybe'],
    ['MATCH_NAME_GUARD', '1'],
    ['BODY_LIMIT', 'lots'],
    ['PAGE_MAX_SIZE', '0'],
    ['BATCH_MAX_ENTRIES', '0'],
    ['PUBLIC_URL', 'x.example'],
    ['SMTP_URL', 'mail.example'],
    ['MAIL_FROM', 'nobody'],
    ['PASSWORD_LINK_URL', 'https://app.example/password'],
    ['RATE_LIMIT_PER_MINUTE', '-1'],
    ['RATE_LIMIT_SIGN_IN_PER_MINUTE', 'many'],
    ['PREPARED_STATEMENTS', 'no'],
    ['LOG_LEVEL', 'loud'],
    ['STATEMENT_TIMEOUT', 'never'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'https://app.example/'],
    ['CORS_ORIGINS', 'https://app.example, app.example'],
    ['TRUST_PROXY', 'yes'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', 'proxy.example'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
  });

  test('tell all their problems at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'y', NODE_ENV: 'production' })).toHaveLength(3);
  });

  describe('with NODE_ENV=production', () => {
    const good = {
      NODE_ENV: 'production',
      JWT_SECRET: 'lX0Wn5w9zqk3PXb6m2vD8yTfR4hJcVaE',
      PUBLIC_URL: 'https://people.example',
      PASSWORD_LINK_URL: 'https://app.example/{token}',
    };

    test('are good when they are safe', () => {
      expect(problemsOf(good)).toEqual([]);
      for (const local of ['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:3000/x'])
        expect(problemsOf({ ...good, PUBLIC_URL: local })).toEqual([]);
    });

    test.each([
      ['JWT_SECRET', undefined],
      ['JWT_SECRET', 'x'.repeat(40)],
      ['JWT_SECRET', `${good.JWT_SECRET},${'abc'.repeat(12)}`],
      ['ADMIN_PASSWORD', 'password1234'],
      ['ADMIN_PASSWORD', 'aaaaaaaaaaaa'],
      ['ADMIN_PASSWORD', 'Admin@Example.org'],
      ['TRUST_PROXY', 'true'],
      ['PUBLIC_URL', 'http://people.example'],
      ['PUBLIC_URL', 'http://localhost.example'],
      ['PASSWORD_LINK_URL', 'http://app.example/{token}'],
      ['RATE_LIMIT_SIGN_IN_PER_MINUTE', '0'],
      ['RATE_LIMIT_PER_MINUTE', '0'],
      ['STATEMENT_TIMEOUT', '0'],
    ])('%s=%s is refused, and only then', (name, value) => {
      expect(problemsOf({ ...good, [name]: value })).toEqual([
        expect.stringMatching(new RegExp(`^${name}: `)),
      ]);
      expect(problemsOf({ ...good, [name]: value, NODE_ENV: 'development' })).toEqual([]);
    });
  });

  test('cannot be changed by anybody later', () => {
    expect(Object.isFrozen(readEnv({}))).toBe(true);
  });

  test('all stand in .env.example, and no others do', () => {
    const example = readFileSync('.env.example', 'utf8');
    const source = readFileSync('src/config/env.ts', 'utf8');
    const named = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    const asked = [...source.matchAll(/'([A-Z][A-Z_]{3,})'/g)].map(([, name]) => name);
    expect(named.sort()).toEqual([...new Set(asked)].sort());
  });
});
