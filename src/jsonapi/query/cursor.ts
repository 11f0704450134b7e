import { hash } from 'node:crypto';
import { isStorable } from '../request/storable.js';
import { FORMS, type Compared } from './value-forms.js';

/** A place in an ordered list: on the item with these values of the fields that it is sorted by. */
export interface Cursor {
  /** Ends in the id; null is null. */
  readonly values: readonly (string | null)[];
  /** The item itself is counted in: the way back from a page that is empty. */
  readonly inclusive: boolean;
}

const DIGEST_BYTES = 6;

/**
 * An opaque text for a place in a list.
 * @param list which list, in which order
 */
export function writeCursor(list: string, { values, inclusive }: Cursor): string {
  const text = Buffer.from(JSON.stringify([inclusive ? 1 : 0, ...values]));
  return Buffer.concat([digestOf(list, text), text]).toString('base64url');
}

/**
 * The place; undefined for what has been changed on the way, or is of another list or order. Whoever makes one of his
 * own gets a place in a list that he may read anyway, but never a value that PostgreSQL does not take.
 */
export function readCursor(list: string, cursor: string, types: readonly Compared[]): Cursor | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.subarray(DIGEST_BYTES);
  if (bytes.toString('base64url') !== cursor || !digestOf(list, text).equals(bytes.subarray(0, DIGEST_BYTES)))
    return undefined;
  const [inclusive, ...values] = parse(text);
  const right =
    values.length === types.length &&
    values.at(-1) !== null &&
    values.every((value, i) => value === null || isOf(types[i] as Compared, value));
  return right ? { values: values as (string | null)[], inclusive: inclusive === 1 } : undefined;
}

const digestOf = (list: string, text: Buffer): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${list}\0`), text]), 'buffer').subarray(0, DIGEST_BYTES);

const isOf = (type: Compared, value: unknown): boolean =>
  typeof value === 'string' && isStorable(value) && FORMS[type].test(value);

function parse(text: Buffer): unknown[] {
  try {
    const value: unknown = JSON.parse(text.toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
