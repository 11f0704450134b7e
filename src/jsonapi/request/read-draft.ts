import { CATALOG } from '../errors/catalog.js';
import { JsonApiError, type Problem } from '../errors/jsonapi-error.js';
import { TYPE_ALIASES } from '../lenient.js';
import type { Registry, Resource } from '../resource/registry.js';
import { draftProblems } from './draft-problems.js';
import { readFields, type FieldRules, type Fields } from './read-fields.js';
import { isObject, type JsonObject } from './read-json.js';
import { requireObjects } from './require-objects.js';

/** Stands in a relationship of an included resource for the primary resource, which may have no id yet. */
export const PRIMARY = '@primary';

/** A resource as the client wants it: shapes, names and values checked, each by itself. */
export interface Draft extends Fields {
  readonly resource: Resource;
  readonly id?: string;
  /** Where it stands in the request: `/data`, `/included/0`. */
  readonly pointer: string;
  readonly included: readonly Draft[];
}

export interface DraftRules {
  readonly resource: Resource;
  readonly registry: Registry;
  readonly lenient: boolean;
  /** The id of the URL on updates. */
  readonly id?: string;
  /** Where the document stands in the request; default: it is the body. */
  readonly base?: string;
  /** Resources outside of the document that are named by their `lid`. */
  readonly localId?: FieldRules['localId'];
}

/** A POST or PATCH document as a draft. @throws JsonApiError with a pointer to each thing out of place. */
export function readDraft(document: unknown, rules: DraftRules): Draft {
  const problems: Problem[] = [];
  const { base = '' } = rules;
  const at = `${base}/data`;
  if (!isObject(document))
    throw JsonApiError.of('malformed_document', 'The body must be an object with `data`.', { pointer: base });
  const updating = rules.id !== undefined;
  const data = document['data'] ?? (rules.lenient && updating ? {} : undefined);
  if (!isObject(data)) {
    const pointer = 'data' in document ? at : base;
    throw JsonApiError.of('malformed_document', '`data` must be one resource object.', { pointer });
  }
  requireObjects(document, ['jsonapi', 'links', 'meta'], base, problems);
  requireObjects(data, ['links', 'meta'], at, problems);
  const id = checkIdentity(data, at, rules, problems);
  const lid = typeof data['lid'] === 'string' ? data['lid'] : undefined;
  const lids = new Set(lidsOf(document['included']));
  const fields = readFields(
    data,
    at,
    rules.resource,
    { lenient: rules.lenient, primaryLid: undefined, includedLids: lids, localId: rules.localId },
    problems,
  );
  const included = readIncluded(document['included'], lid, rules, problems);
  const draft: Draft = { ...fields, resource: rules.resource, id: rules.id ?? id, pointer: at, included };
  // Of a document that is not even one, values say nothing.
  if (problems.every(({ code }) => CATALOG[code][0] === 422))
    problems.push(...draftProblems(draft, updating));
  if (problems.length > 0 && problems.every(({ code }) => CATALOG[code][0] === 422)) {
    const further = rules.resource.furtherProblems?.(draft) ?? [];
    problems.push(...further.filter((problem) => !isTold(problem, problems)));
  }
  if (problems.length > 0) throw new JsonApiError(problems);
  return draft;
}

/** Something there, or below it, is wrong already: what follows from that is not told as well. */
const isTold = ({ source }: Problem, problems: readonly Problem[]): boolean =>
  problems.some(({ source: told }) => `${told?.pointer}/`.startsWith(`${source?.pointer}/`));

function checkIdentity(
  data: JsonObject,
  at: string,
  { resource, lenient, id }: DraftRules,
  problems: Problem[],
): string | undefined {
  const updating = id !== undefined;
  const { type, lid } = data;
  const sentId = lenient && typeof data['id'] === 'number' ? String(data['id']) : data['id'];
  if (typeof type !== 'string') {
    if ('type' in data || !(lenient && updating))
      problems.push({
        code: 'malformed_document',
        detail: `\`type\` must be "${resource.type}".`,
        source: { pointer: 'type' in data ? `${at}/type` : at },
      });
  } else if (typeOf(type, lenient) !== resource.type) {
    problems.push({
      code: 'type_conflict',
      detail: `"${type}" does not belong here; the type is "${resource.type}".`,
      source: { pointer: `${at}/type` },
    });
  }
  if ('lid' in data && typeof lid !== 'string')
    problems.push({
      code: 'malformed_document',
      detail: '`lid` must be a string.',
      source: { pointer: `${at}/lid` },
    });
  if (!('id' in data) || (lenient && sentId === null)) {
    if (updating && !lenient)
      problems.push({
        code: 'malformed_document',
        detail: `\`id\` must be "${id}".`,
        source: { pointer: at },
      });
    return undefined;
  }
  const pointer = { pointer: `${at}/id` };
  if (typeof sentId !== 'string')
    problems.push({ code: 'malformed_document', detail: '`id` must be a string.', source: pointer });
  else if (!updating)
    problems.push({
      code: 'client_id_not_allowed',
      detail: 'Leave `id` out; the server makes it.',
      source: pointer,
    });
  else if (sentId !== id)
    problems.push({
      code: 'id_conflict',
      detail: `The URL names "${id}", the document "${sentId}".`,
      source: pointer,
    });
  return undefined;
}

export const typeOf = (type: string, lenient: boolean): string =>
  lenient && Object.hasOwn(TYPE_ALIASES, type) ? (TYPE_ALIASES[type] as string) : type;

function lidsOf(included: unknown): string[] {
  if (!Array.isArray(included)) return [];
  return included.flatMap((item) =>
    isObject(item) && typeof item['lid'] === 'string' ? [`${String(item['type'])}:${item['lid']}`] : [],
  );
}

function readIncluded(
  included: unknown,
  primaryLid: string | undefined,
  rules: DraftRules,
  problems: Problem[],
): Draft[] {
  if (included === undefined) return [];
  if (!Array.isArray(included)) {
    problems.push({
      code: 'malformed_document',
      detail: '`included` must be an array of resource objects.',
      source: { pointer: '/included' },
    });
    return [];
  }
  refuseRepeated(included, problems);
  return included.flatMap((item: unknown, i) => {
    const draft = readOneIncluded(item, `/included/${i}`, primaryLid, rules, problems);
    return draft ? [draft] : [];
  });
}

/** A resource stands once in a document, be it known by its id or by its lid. */
function refuseRepeated(included: readonly unknown[], problems: Problem[]): void {
  const seen = new Set<string>();
  for (const [i, item] of included.entries())
    for (const name of ['id', 'lid'] as const) {
      if (!isObject(item) || typeof item[name] !== 'string') continue;
      const key = JSON.stringify([item['type'], name, item[name]]);
      if (seen.has(key))
        problems.push({
          code: 'malformed_document',
          detail: `Another resource of this document has the ${name} "${item[name].slice(0, 40)}" already.`,
          source: { pointer: `/included/${i}/${name}` },
        });
      seen.add(key);
    }
}

function readOneIncluded(
  item: unknown,
  pointer: string,
  primaryLid: string | undefined,
  { resource: primary, registry, lenient }: DraftRules,
  problems: Problem[],
): Draft | undefined {
  if (!isObject(item) || typeof item['type'] !== 'string') {
    const at = isObject(item) && 'type' in item ? `${pointer}/type` : pointer;
    problems.push({
      code: 'malformed_document',
      detail: 'A resource object with a `type` is wanted.',
      source: { pointer: at },
    });
    return undefined;
  }
  const type = typeOf(item['type'], lenient);
  if (!primary.takes?.includes(type)) {
    if (lenient) return undefined;
    const allowed = primary.takes?.join(', ') ?? 'none';
    problems.push({
      code: 'type_conflict',
      detail: `"${type}" cannot be written along with a ${primary.type}; possible: ${allowed}.`,
      source: { pointer: `${pointer}/type` },
    });
    return undefined;
  }
  const resource = registry.get(type);
  const id = lenient && typeof item['id'] === 'number' ? String(item['id']) : (item['id'] ?? undefined);
  if ((id !== undefined && typeof id !== 'string') || (item['id'] === null && !lenient))
    problems.push({
      code: 'malformed_document',
      detail: '`id` must be a string.',
      source: { pointer: `${pointer}/id` },
    });
  if ('lid' in item && typeof item['lid'] !== 'string')
    problems.push({
      code: 'malformed_document',
      detail: '`lid` must be a string.',
      source: { pointer: `${pointer}/lid` },
    });
  requireObjects(item, ['links', 'meta'], pointer, problems);
  const fields = readFields(
    item,
    pointer,
    resource,
    { lenient, primaryLid, includedLids: new Set() },
    problems,
  );
  return { ...fields, resource, id: id as string | undefined, pointer, included: [] };
}
