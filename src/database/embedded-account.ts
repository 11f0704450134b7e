import { readFileSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { EmbeddedPostgresError } from './embedded-error.js';

/** The user of the operating system that PostgreSQL runs as. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
  /** True when we are root, so that PostgreSQL, which refuses root, is started as somebody else. */
  switchUser: boolean;
}

/** The account for a cluster that is still to be made. */
export function accountForNewCluster(): Account {
  return isRoot() ? unprivilegedAccount() : ownAccount();
}

/** The account for a cluster that exists: always the owner of its folder, since PostgreSQL insists on it. */
export function accountOfCluster(cluster: string, owner: Stats): Account {
  if (process.platform === 'win32') return ownAccount();
  if (owner.uid === process.getuid?.() && !isRoot()) return ownAccount();
  if (owner.uid === 0) throw ownedByRoot(cluster);
  if (!isRoot()) throw new EmbeddedPostgresError(belongsToAnother(cluster, owner.uid));
  return { name: userName(owner.uid), uid: owner.uid, gid: owner.gid, switchUser: true };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** What `child_process` needs to start a program as this account (it wants signed 32 bit numbers). */
export function runAs(account: Account): { uid?: number; gid?: number } {
  return account.switchUser ? { uid: account.uid | 0, gid: account.gid | 0 } : {};
}

/** Why this process cannot use a folder of somebody else, and the ways out. */
export function belongsToAnother(folder: string, uid: number): string {
  const me = userName(process.getuid?.() ?? -1);
  return (
    `${folder} belongs to the user ${userName(uid)}, but this process runs as ${me}. Start Kith as ` +
    `${userName(uid)}, or give the folder away (sudo chown -R ${me} ${folder}), or choose another folder ` +
    `with DATA_DIR, or set DATABASE_URL to a PostgreSQL of your own.`
  );
}

export function userName(uid: number): string {
  return passwd().find((entry) => entry.uid === uid)?.name ?? `with the id ${uid}`;
}

function ownedByRoot(cluster: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `${cluster} belongs to root, and PostgreSQL refuses to run as root. Give the folder to an ordinary user ` +
      `(sudo chown -R nobody ${cluster}), or choose another folder with DATA_DIR, or set DATABASE_URL.`,
  );
}

function unprivilegedAccount(): Account {
  const entry =
    passwd().find(({ name }) => name === 'postgres') ?? passwd().find(({ name }) => name === 'nobody');
  if (entry) return { ...entry, switchUser: true };
  throw new EmbeddedPostgresError(
    'PostgreSQL refuses to run as root, and /etc/passwd names neither "postgres" nor "nobody". ' +
      'Start Kith as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

function ownAccount(): Account {
  try {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid, switchUser: false };
  } catch {
    // Usual with `docker run --user 12345`; initdb would say no more than "could not look up effective user ID".
    throw new EmbeddedPostgresError(
      `The user id ${process.getuid?.()} has no entry in /etc/passwd, and PostgreSQL needs one. ` +
        'Start Kith as a user that exists, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
}

/** Read by hand: Node looks up nobody but the current user, and `id` and `getent` are not on every system. */
function passwd(): { name: string; uid: number; gid: number }[] {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    const entries = lines.map((line) => line.split(':')).filter((fields) => fields.length >= 4);
    // macOS writes the id of nobody as -2; everything that reports ids reports them unsigned.
    return entries.map(([name, , uid, gid]) => ({
      name: name ?? '',
      uid: Number(uid) >>> 0,
      gid: Number(gid) >>> 0,
    }));
  } catch {
    return [];
  }
}
