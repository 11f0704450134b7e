import type { FirstAdministrator } from './auth/index.js';
import type { Env } from './config/index.js';

/** What a person sees first: where it listens, how to sign in, a line to paste. */
export function firstScreen(env: Env, url: string, administrator: FirstAdministrator | null): string {
  const email = administrator?.email ?? env.adminEmail;
  const password = administrator?.generated ? administrator.password : 'YOUR-PASSWORD';
  const body = JSON.stringify({ data: { type: 'session', attributes: { email, password } } });
  return [
    '',
    `  Kith listens on ${url}`,
    `  Database    ${env.databaseUrl ? 'yours, by DATABASE_URL' : `PostgreSQL in ${env.dataDir}/`}`,
    ...signInLines(env, administrator),
    '',
    '  Paste this to get a token:',
    '',
    `  curl -s ${url}/apis/v4/sessions -H 'Content-Type: application/vnd.api+json' -d ${quoted(body)}`,
    '',
    '  README.md goes on from here.',
    '',
    '',
  ].join('\n');
}

/** A password that was made here is shown this once, and never again. */
export function signInLines(env: Env, administrator: FirstAdministrator | null): string[] {
  if (!administrator?.generated)
    return [`  Sign in as  ${administrator?.email ?? env.adminEmail}, or any other user`];
  const { email, password } = administrator;
  return [`  Sign in as  ${email}`, `  Password    ${password}   (shown this once; keep it)`];
}

/** For a shell: an e-mail address may hold an apostrophe. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
