import sql, { type Sql } from 'sql-template-tag';
import { emailKey, isUnusable } from './merge/index.js';

/** The e-mail address of `row` is written as one of these; found by their normal forms, which have an index. */
export function spelled(emails: readonly string[], row: Sql): Sql {
  const keys = emails.map(emailKey).flatMap((key) => (isUnusable(key) ? [] : key.normalForm));
  return sql`${row}.normal_form = any(${keys}::text[]) and ${row}.email = any(${emails}::text[])`;
}
