import { raw, type Sql } from 'sql-template-tag';
import type { Compared } from '../query/value-forms.js';

/** What a bound text is cast to. */
export const CASTS: Readonly<Record<Compared, Sql>> = {
  string: raw('text'),
  id: raw('bigint'),
  integer: raw('bigint'),
  boolean: raw('boolean'),
  date: raw('date'),
  timestamp: raw('timestamptz'),
};

/** Text is ordered as people do, not by bytes. */
export const COLLATION = raw(' collate "und-x-icu"');

/** A text that `like` takes letter by letter. */
export const escapeLike = (text: string | null | undefined): string =>
  (text ?? '').replace(/[\\%_]/g, '\\$&');
