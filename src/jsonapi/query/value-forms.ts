import type { ValueType } from '../resource/define-resource.js';

/** What can be compared and ordered. */
export type Compared = Exclude<ValueType, 'json'>;

export const isComparable = (type: ValueType): type is Compared => type !== 'json';

const LARGEST = 9223372036854775807n;

/** How a value of each type is written in a parameter; what passes is a value for PostgreSQL too. */
export const FORMS: Readonly<Record<Compared, { test(value: string): boolean; wants: string }>> = {
  string: { test: () => true, wants: 'text' },
  id: {
    test: (value) => /^\d{1,19}$/.test(value) && BigInt(value) <= LARGEST,
    wants: 'an id (a decimal number)',
  },
  integer: {
    test: (value) => /^-?\d{1,19}$/.test(value) && BigInt(value) <= LARGEST && BigInt(value) >= -LARGEST,
    wants: 'a whole number',
  },
  boolean: { test: (value) => value === 'true' || value === 'false', wants: 'true or false' },
  date: { test: isDate, wants: 'a date such as 2001-02-03' },
  timestamp: { test: isTimestamp, wants: 'a time such as 2026-01-31T12:00:00Z' },
};

/** A day of the calendar; PostgreSQL knows no year 0. */
function isDate(value: string): boolean {
  const time = /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

const TIME = /^T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** A day, or a day with a time of the clock and an offset that PostgreSQL takes. */
function isTimestamp(value: string): boolean {
  const time = value.slice(10);
  return isDate(value.slice(0, 10)) && (time === '' || TIME.test(time));
}
