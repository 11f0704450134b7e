import type { Env } from './env.js';

type Checked = Pick<
  Env,
  'jwtSecrets' | 'adminPassword' | 'adminEmail' | 'publicUrl' | 'passwordLinkUrl' | 'rateLimitPerMinute'
> &
  Pick<Env, 'rateLimitSignInPerMinute' | 'statementTimeout'> & { readonly trustProxy: unknown };

/** Random text of 32 bytes has more of them in all but one of a million. */
const FEWEST_CHARACTERS = 10;

/** What is good for a trial only: the names of such settings, and what is wrong with each. */
export function unsafeSettings(env: Checked): [name: string, why: string][] {
  const { jwtSecrets, adminPassword: password } = env;
  const faults: [string, string | false | undefined][] = [
    ['JWT_SECRET', jwtSecrets.length === 0 && 'it is required when NODE_ENV=production'],
    [
      'JWT_SECRET',
      jwtSecrets.some((secret) => new Set(secret).size < FEWEST_CHARACTERS) &&
        'a key that is not random can be guessed; make one with: openssl rand -base64 48',
    ],
    [
      'ADMIN_PASSWORD',
      password !== undefined &&
        isWeak(password, env.adminEmail) &&
        'it is easy to guess; choose another, or none',
    ],
    [
      'TRUST_PROXY',
      env.trustProxy === true &&
        'true believes everybody; give the number of your proxies, or their addresses',
    ],
    ['PUBLIC_URL', isPlain(env.publicUrl) && 'it has to be https, or tokens travel in the open'],
    [
      'PASSWORD_LINK_URL',
      isPlain(env.passwordLinkUrl) && 'it has to be https, or one-time links travel in the open',
    ],
    [
      'RATE_LIMIT_SIGN_IN_PER_MINUTE',
      env.rateLimitSignInPerMinute === 0 && 'without a limit passwords can be tried out',
    ],
    [
      'RATE_LIMIT_PER_MINUTE',
      env.rateLimitPerMinute === 0 && 'without a limit one caller can keep all others out',
    ],
    [
      'STATEMENT_TIMEOUT',
      env.statementTimeout === 0 && 'without a limit one statement can keep all others out',
    ],
  ];
  return faults.filter((fault): fault is [string, string] => typeof fault[1] === 'string');
}

const COMMON =
  /^(.)\1*$|^(password|passwort|changeme|administrator|admin|letmein|welcome|qwert[yz]|kith|123456|abcdef)[\W\d_]*$/i;

function isWeak(password: string, email: string): boolean {
  const [mailbox = ''] = email.split('@');
  const bare = password.toLowerCase();
  return COMMON.test(password) || bare === email.toLowerCase() || bare.replaceAll(/[^a-z]/g, '') === mailbox;
}

const isPlain = (url: string | undefined): boolean =>
  url?.startsWith('http:') === true && !/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(url);
