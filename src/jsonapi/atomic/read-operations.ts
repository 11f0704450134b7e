import { JsonApiError, type Problem } from '../errors/jsonapi-error.js';
import type { RelationshipChange } from '../operations/operation.js';
import { relationshipOf } from '../operations/request-context.js';
import { requireUnchanged } from '../operations/write-columns.js';
import { readDraft, type Draft } from '../request/read-draft.js';
import { isObject, type JsonObject } from '../request/read-json.js';
import { readLinkage, type LinkageDraft } from '../request/read-linkage.js';
import type { Resource } from '../resource/registry.js';
import { OPERATIONS, RESULTS } from './atomic-extension.js';
import { knownType, namedBy, readTarget, type Target, type TargetRules } from './read-target.js';

const { malformed } = JsonApiError;

interface Whatever {
  readonly resource: Resource;
  /** Where it stands in the request. */
  readonly pointer: string;
}
export interface Addition extends Whatever {
  readonly kind: 'add';
  readonly draft: Draft;
  /** Of its `lid`. */
  readonly token?: string;
}
interface Change extends Whatever {
  readonly kind: 'update';
  readonly id: string;
  readonly draft: Draft;
}
interface Removal extends Whatever {
  readonly kind: 'remove';
  readonly id: string;
}
interface Linking extends Whatever {
  readonly kind: 'relate';
  readonly id: string;
  readonly name: string;
  readonly change: RelationshipChange;
  readonly linkage: LinkageDraft;
}

/** One operation, read and checked as far as that goes without the database. Ids may be tokens of {@link LocalIds}. */
export type AtomicOperation = Addition | Change | Removal | Linking;

export interface OperationRules extends TargetRules {
  readonly maxOperations: number;
}

const CODES = ['add', 'update', 'remove'] as const;
type Code = (typeof CODES)[number];
const CHANGES = { add: 'add', update: 'replace', remove: 'remove' } as const satisfies Record<
  Code,
  RelationshipChange
>;

/** The document of a request as operations. @throws JsonApiError with every problem of every operation */
export function readOperations(document: unknown, rules: OperationRules): AtomicOperation[] {
  const problems: Problem[] = [];
  const operations = operationsOf(document, rules).flatMap((operation, i) => {
    const at = `/${OPERATIONS}/${i}`;
    try {
      return [readOperation(operation, at, rules)];
    } catch (error) {
      if (!(error instanceof JsonApiError)) throw error;
      problems.push(...error.locatedAt(at).problems);
      return [];
    }
  });
  if (problems.length > 0) throw new JsonApiError(problems);
  return operations;
}

function operationsOf(document: unknown, { maxOperations }: OperationRules): unknown[] {
  if (!isObject(document)) throw malformed(`The body must be an object with \`${OPERATIONS}\`.`, '');
  for (const name of ['data', 'included', 'errors', RESULTS])
    if (name in document) throw malformed(`\`${name}\` cannot stand beside operations.`, `/${name}`);
  for (const name of ['jsonapi', 'links', 'meta'])
    if (name in document && !isObject(document[name]))
      throw malformed(`\`${name}\` must be an object.`, `/${name}`);
  const operations = document[OPERATIONS];
  if (!Array.isArray(operations) || operations.length === 0)
    throw malformed(
      `\`${OPERATIONS}\` must be an array of at least one operation.`,
      OPERATIONS in document ? `/${OPERATIONS}` : '',
    );
  if (operations.length > maxOperations)
    throw JsonApiError.of(
      'payload_too_large',
      `At most ${maxOperations} operations are done in one request; send them in several.`,
      { pointer: `/${OPERATIONS}` },
    );
  return operations;
}

function readOperation(operation: unknown, at: string, rules: OperationRules): AtomicOperation {
  if (!isObject(operation)) throw malformed('An operation is an object.', at);
  const code = CODES.find((one) => one === operation['op']);
  if (!code)
    throw malformed(`\`op\` must be one of ${CODES.join(', ')}.`, 'op' in operation ? `${at}/op` : at);
  if ('included' in operation)
    throw malformed(
      'Nothing comes along with an operation; add it by one of its own, linked by `lid`.',
      `${at}/included`,
    );
  const target = readTarget(operation, at, rules);
  if (target?.id !== undefined && target.name !== undefined)
    return readLinking(operation, code, { ...target, id: target.id, name: target.name }, at, rules);
  switch (code) {
    case 'add':
      return readAddition(operation, target, at, rules);
    case 'update':
      return readChange(operation, target, at, rules);
    case 'remove':
      if (target?.id !== undefined)
        return { kind: 'remove', resource: target.resource, pointer: at, id: target.id };
      throw malformed(
        'Name what is to be removed by `ref` or `href`.',
        'href' in operation ? `${at}/href` : at,
      );
  }
}

function readAddition(
  operation: JsonObject,
  target: Target | undefined,
  at: string,
  rules: OperationRules,
): Addition {
  if (target?.id !== undefined)
    throw malformed(
      'A resource is added to a collection, not to another resource.',
      `${at}/${wayTo(operation)}`,
    );
  const data = dataOf(operation, at);
  const resource = target?.resource ?? knownType(data, `${at}/data`, rules, 'type_conflict');
  const { lid } = data;
  if (typeof lid === 'string' && rules.localIds.refer(resource.type, lid) !== undefined)
    throw malformed(`Another ${resource.type} has this lid already.`, `${at}/data/lid`);
  let draft: Draft;
  let token: string | undefined;
  try {
    draft = draftOf(operation, resource, undefined, at, rules);
  } finally {
    // Of one that is wrong as well: that is no fault of those that refer to it.
    if (typeof lid === 'string') token = rules.localIds.declare(resource.type, lid);
  }
  requireUnchanged(draft, {});
  return { kind: 'add', resource, pointer: at, draft, token };
}

function readChange(
  operation: JsonObject,
  target: Target | undefined,
  at: string,
  rules: OperationRules,
): Change {
  const here = `${at}/data`;
  const data = dataOf(operation, at);
  const resource = target?.resource ?? knownType(data, here, rules, 'type_conflict');
  const named = namedBy(data, here, resource, rules);
  const id = target?.id ?? named;
  if (id === undefined || (named === undefined && !rules.lenient))
    throw malformed('`data` needs the `id` or the `lid` of the resource that is to be changed.', here);
  if (named !== undefined && named !== id)
    throw JsonApiError.of(
      'id_conflict',
      `\`${wayTo(operation)}\` and \`data\` name different resources; leave one of them out.`,
      { pointer: `${here}/${'id' in data ? 'id' : 'lid'}` },
    );
  const draft = draftOf({ ...operation, data: { ...data, id } }, resource, id, at, rules);
  return { kind: 'update', resource, pointer: at, id, draft };
}

function draftOf(
  { data, meta }: JsonObject,
  resource: Resource,
  id: string | undefined,
  base: string,
  { registry, lenient, localIds }: OperationRules,
): Draft {
  const document = { data, ...(meta !== undefined && { meta }) };
  return readDraft(document, { registry, lenient, resource, id, base, localId: localIds.refer });
}

function readLinking(
  operation: JsonObject,
  code: Code,
  { resource, id, name }: Required<Target>,
  at: string,
  { lenient, localIds }: OperationRules,
): Linking {
  const relationship = relationshipOf(resource, name);
  if (relationship.kind === 'to-one' && code !== 'update')
    throw malformed(`"${name}" has one end at most; use "update" to set or clear it.`, `${at}/op`);
  const linkage = readLinkage(operation, relationship, { lenient, localId: localIds.refer, base: at });
  return { kind: 'relate', resource, pointer: at, id, name, change: CHANGES[code], linkage };
}

function dataOf(operation: JsonObject, at: string): JsonObject {
  const { data } = operation;
  if (isObject(data)) return data;
  throw malformed('`data` must be one resource object.', 'data' in operation ? `${at}/data` : at);
}

/** The member by which an operation says what it is about. */
const wayTo = (operation: JsonObject): string => ('href' in operation ? 'href' : 'ref');
