import type { Problem } from '../jsonapi/index.js';
import type { Draft } from '../jsonapi/operations/index.js';
import { readDraftEntry } from './draft-to-entry.js';
import { readEntry } from './merge/index.js';

/** Whatever region: what cannot be a phone number is none anywhere. */
const ANY_REGION = 'US';

/** What the merge room would have against the values of a document about a person, before it looks for anybody. */
export function furtherProblems(draft: Draft): Problem[] {
  const problems: Problem[] = [];
  // The group of a stored membership is known to the database only.
  const included = draft.included
    .filter(({ resource: { type }, id }) => type !== 'group_membership' || id === undefined)
    .map(readable);
  const person = { personId: draft.id, groupsOf: new Map<string, string>() };
  const { errors } = readEntry(
    readDraftEntry({ ...readable(draft), included }, person, problems),
    ANY_REGION,
  );
  return [
    ...problems,
    ...errors.map(({ code, detail, pointer }) => ({
      code,
      detail,
      ...(pointer !== undefined && { source: { pointer } }),
    })),
  ];
}

/** Without what is of no type that an attribute has: that is told by then. */
const readable = (draft: Draft): Draft => ({
  ...draft,
  attributes: Object.fromEntries(
    Object.entries(draft.attributes).filter(
      ([, value]) => value === null || (typeof value !== 'object' && typeof value !== 'number'),
    ),
  ),
});
