import { unsafeSettings } from './unsafe-settings.js';
import { isOrigin, readTrustProxy } from './setting-forms.js';

/** The settings of one process: read from the environment once, checked, frozen. Nobody else reads `process.env`. */
export interface Env {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** A PostgreSQL url; unset: the embedded server. */
  readonly databaseUrl: string | undefined;
  /** False: statements are sent without names, as poolers need that give each transaction another connection. */
  readonly preparedStatements: boolean;
  /** HS256 keys: the first signs, all verify. Empty: the key made at the first start is used. */
  readonly jwtSecrets: readonly string[];
  /** Seconds a session token lives. */
  readonly sessionTtl: number;
  /** Seconds a token of an API client lives. */
  readonly requestTokenTtl: number;
  readonly adminEmail: string;
  readonly adminPassword: string | undefined;
  readonly defaultPhoneRegion: string;
  readonly matchConflictingRef: 'by_name' | 'match' | 'separate';
  readonly matchNameGuard: boolean;
  /** Of one request of many entries. */
  readonly batchMaxEntries: number;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly pageMaxSize: number;
  /** How many ends of a to-many relationship one answer shows per parent. */
  readonly linkageMaxSize: number;
  readonly publicUrl: string | undefined;
  /** Requests of one caller; 0: any number. */
  readonly rateLimitPerMinute: number;
  /** Failed attempts to sign in, for one address and for one account; 0: any number. */
  readonly rateLimitSignInPerMinute: number;
  /** Where mails are handed in; unset: they are put into files. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  /** The page that takes one-time links; `{token}` stands for the token. */
  readonly passwordLinkUrl: string | undefined;
  readonly logLevel: string;
  readonly corsOrigins: readonly string[];
  /** How many proxies stand before, or their addresses; false: none is believed. */
  readonly trustProxy: boolean | number | string;
  /** Seconds that a statement may take, and a transaction may idle; 0: any time. */
  readonly statementTimeout: number;
}

/** Every problem of the environment at once, in sentences. */
export class EnvError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const BYTES: Record<string, number> = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Reads and checks `source` (the process's environment). @throws EnvError naming every bad value. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const problems: string[] = [];
  const text = (name: string): string | undefined => source[name]?.trim() || undefined;
  const bad = (name: string, wants: string): void => {
    problems.push(`${name}: ${wants}`);
  };
  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const value = text(name) ?? String(fallback);
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    bad(name, `a whole number from ${min} to ${max} is wanted`);
    return fallback;
  };
  const oneOf = <T extends string>(name: string, fallback: T, allowed: readonly T[]): T => {
    const value = (text(name) ?? fallback) as T;
    if (allowed.includes(value)) return value;
    bad(name, `one of ${allowed.join(', ')} is wanted`);
    return fallback;
  };
  const list = (name: string): string[] =>
    (text(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  const bytes = (name: string, fallback: string): number => {
    const match = /^(\d+)\s*(b|kb|mb|gb)?$/i.exec(text(name) ?? fallback);
    if (match) return Number(match[1]) * (BYTES[(match[2] ?? '').toLowerCase()] ?? 1);
    bad(name, 'a size such as 16mb is wanted');
    return 0;
  };
  const url = (name: string, protocols: readonly string[]): string | undefined => {
    const value = text(name);
    if (value && !(URL.canParse(value) && protocols.includes(new URL(value).protocol)))
      bad(
        name,
        `a url that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')} is wanted`,
      );
    return value;
  };

  const production = source['NODE_ENV'] === 'production';
  const jwtSecrets = list('JWT_SECRET');
  if (jwtSecrets.some((secret) => Buffer.byteLength(secret) < 32))
    bad('JWT_SECRET', 'each key needs at least 32 bytes');
  const adminPassword = text('ADMIN_PASSWORD');
  if (adminPassword && adminPassword.length < 12) bad('ADMIN_PASSWORD', 'at least 12 characters are wanted');
  const adminEmail = text('ADMIN_EMAIL') ?? 'admin@example.org';
  if (!/^[^\s@]+@[^\s@]+$/.test(adminEmail)) bad('ADMIN_EMAIL', 'an e-mail address is wanted');
  const defaultPhoneRegion = text('DEFAULT_PHONE_REGION') ?? 'US';
  if (!/^[A-Z]{2}$/.test(defaultPhoneRegion))
    bad('DEFAULT_PHONE_REGION', 'two capital letters such as US are wanted');
  const mailFrom = text('MAIL_FROM') ?? 'Kith <kith@localhost>';
  if (!/^([^<>\r\n]+ <[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/.test(mailFrom))
    bad('MAIL_FROM', 'an address such as Kith <kith@example.org> is wanted');
  const passwordLinkUrl = url('PASSWORD_LINK_URL', ['http:', 'https:']);
  if (passwordLinkUrl && !passwordLinkUrl.includes('{token}'))
    bad('PASSWORD_LINK_URL', 'it has to hold {token}, where the token is to stand');

  const env = {
    production,
    port: integer('PORT', 3000, 0, 65_535),
    host: text('HOST') ?? '127.0.0.1',
    dataDir: text('DATA_DIR') ?? '.kith',
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    preparedStatements: oneOf('PREPARED_STATEMENTS', 'true', ['true', 'false']) === 'true',
    jwtSecrets,
    sessionTtl: integer('SESSION_TTL', 172_800, 60, 31_536_000),
    requestTokenTtl: integer('REQUEST_TOKEN_TTL', 3600, 60, 86_400),
    adminEmail,
    adminPassword,
    defaultPhoneRegion,
    matchConflictingRef: oneOf('MATCH_CONFLICTING_REF', 'by_name', ['by_name', 'match', 'separate']),
    matchNameGuard: oneOf('MATCH_NAME_GUARD', 'false', ['true', 'false']) === 'true',
    batchMaxEntries: integer('BATCH_MAX_ENTRIES', 10_000, 1, 1_000_000),
    bodyLimit: bytes('BODY_LIMIT', '16mb'),
    pageMaxSize: integer('PAGE_MAX_SIZE', 1000, 1, 100_000),
    linkageMaxSize: integer('LINKAGE_MAX_SIZE', 1000, 1, 100_000),
    publicUrl: url('PUBLIC_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
    rateLimitPerMinute: integer('RATE_LIMIT_PER_MINUTE', 6000, 0, 1_000_000_000),
    rateLimitSignInPerMinute: integer('RATE_LIMIT_SIGN_IN_PER_MINUTE', 10, 0, 1_000_000),
    smtpUrl: url('SMTP_URL', ['smtp:', 'smtps:']),
    mailFrom,
    passwordLinkUrl,
    logLevel: oneOf('LOG_LEVEL', 'info', LOG_LEVELS),
    corsOrigins: list('CORS_ORIGINS'),
    trustProxy: readTrustProxy(text('TRUST_PROXY') ?? 'false'),
    statementTimeout: integer('STATEMENT_TIMEOUT', 60, 0, 86_400),
  };
  for (const origin of env.corsOrigins)
    if (!isOrigin(origin))
      bad('CORS_ORIGINS', `name each origin as https://app.example.org, not "${origin}"`);
  if (env.trustProxy === undefined)
    bad('TRUST_PROXY', 'false, true, a number of proxies, or their addresses are wanted');
  if (production) for (const [name, why] of unsafeSettings(env)) bad(name, why);
  if (problems.length > 0) throw new EnvError(problems);
  return Object.freeze(env as Env);
}

/** Nest's token for the one {@link Env}. */
export const ENV = Symbol('Env');
