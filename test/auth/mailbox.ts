import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Outbox } from '../../src/auth/outbox/outbox.js';
import type { World } from '../support/factories/world.factory.js';

export interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The mails that a world has sent, the oldest first. */
export async function receivedMails(world: World): Promise<ReceivedMail[]> {
  await world.app.get(Outbox).deliver();
  const folder = join(world.dataDir, 'outbox');
  const names = (await readdir(folder).catch(() => [])).sort();
  return Promise.all(names.map(async (name) => read(await readFile(join(folder, name), 'utf8'))));
}

export const mailsTo = async (world: World, address: string): Promise<ReceivedMail[]> =>
  (await receivedMails(world)).filter(({ to }) => to === address);

/** The token of the one-time link in a mail. */
export const tokenIn = (mail: ReceivedMail | undefined): string =>
  /"token": "([\w-]{43})"/.exec(mail?.text ?? '')?.[1] ?? '';

function read(file: string): ReceivedMail {
  const [head = '', text = ''] = file.split(/\n\n([\s\S]*)/);
  const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1] ?? '';
  return { to: header('To'), subject: header('Subject'), text };
}
