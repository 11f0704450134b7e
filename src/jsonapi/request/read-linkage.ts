import { JsonApiError, type Problem } from '../errors/jsonapi-error.js';
import type { Relationship } from '../resource/define-resource.js';
import { readIdentifier, type FieldRules } from './read-fields.js';
import { isObject } from './read-json.js';

/** The ends that a client names for one relationship: shapes and types checked, not yet whether they exist. */
export interface LinkageDraft {
  /** Of a to-one an id or null, of a to-many ids as they were sent. */
  readonly ends: string | null | readonly string[];
  /** Where they stand in the request; those of a to-many one below, by their place. */
  readonly pointer: string;
}

export interface LinkageRules extends Pick<FieldRules, 'lenient' | 'localId'> {
  /** Where the document stands in the request; default: it is the body. */
  readonly base?: string;
}

/** The body of a relationship URL. @throws JsonApiError with a pointer to each thing out of place */
export function readLinkage(
  document: unknown,
  relationship: Relationship,
  { base = '', lenient, localId }: LinkageRules,
): LinkageDraft {
  if (!isObject(document) || !('data' in document))
    throw JsonApiError.of('malformed_document', 'The body must be an object with `data`.', { pointer: base });
  const { data, meta = {} } = document;
  const problems: Problem[] = [];
  if (!isObject(meta)) problems.push(malformed('`meta` must be an object.', `${base}/meta`));
  const pointer = `${base}/data`;
  const rules = { lenient, localId, primaryLid: undefined, includedLids: new Set<string>() };
  const ends = readEnds(data, pointer, relationship, rules, problems);
  if (problems.length > 0) throw new JsonApiError(problems);
  return { ends, pointer };
}

function readEnds(
  data: unknown,
  pointer: string,
  { kind, type }: Relationship,
  rules: FieldRules,
  problems: Problem[],
): LinkageDraft['ends'] {
  if (kind === 'to-one')
    return data === null ? null : (readIdentifier(data, pointer, type, rules, problems) ?? null);
  if (!Array.isArray(data)) {
    problems.push(malformed('`data` of a to-many relationship is an array.', pointer));
    return [];
  }
  return data.map((item: unknown, i) => {
    const end = readIdentifier(item, `${pointer}/${i}`, type, rules, problems);
    if (end === null) problems.push(malformed('An `id` is wanted, a string.', `${pointer}/${i}`));
    return end ?? '';
  });
}

const malformed = (detail: string, pointer: string): Problem => ({
  code: 'malformed_document',
  detail,
  source: { pointer },
});
