import { JsonApiError } from '../errors/jsonapi-error.js';
import { notFound, relationshipOf } from '../operations/request-context.js';
import { typeOf } from '../request/read-draft.js';
import { isId } from '../request/read-fields.js';
import { isObject, type JsonObject } from '../request/read-json.js';
import type { Registry, Resource } from '../resource/registry.js';
import { BASE_PATH } from '../response/links.js';
import type { LocalIds } from './local-ids.js';

const { malformed } = JsonApiError;

/** What an operation is about: a collection, a resource of it, or a relationship of that. */
export interface Target {
  readonly resource: Resource;
  /** The id, or the token of one that is not known yet. */
  readonly id?: string;
  /** Of the relationship. */
  readonly name?: string;
}

export interface TargetRules {
  readonly registry: Registry;
  readonly localIds: LocalIds;
  readonly lenient: boolean;
  readonly actor: unknown;
  readonly publicUrl: string | undefined;
}

/** The `ref` or the `href` of an operation; undefined when it has neither. @throws JsonApiError with a pointer to what is wrong */
export function readTarget(operation: JsonObject, at: string, rules: TargetRules): Target | undefined {
  const { ref, href } = operation;
  if (ref !== undefined && href !== undefined)
    throw malformed('Give `ref` or `href`, not both.', `${at}/href`);
  if (ref !== undefined) return readRef(ref, `${at}/ref`, rules);
  return href === undefined ? undefined : readHref(href, `${at}/href`, rules);
}

function readRef(ref: unknown, at: string, rules: TargetRules): Target {
  if (!isObject(ref)) throw malformed('`ref` must be an object.', at);
  const resource = knownType(ref, at, rules, 'not_found');
  const id = namedBy(ref, at, resource, rules);
  if (id === undefined || ('id' in ref && 'lid' in ref))
    throw malformed('A `ref` needs an `id` or a `lid`, one of them.', at);
  const { relationship: name } = ref;
  if (name === undefined) return { resource, id };
  if (typeof name !== 'string')
    throw malformed('`relationship` must be the name of one.', `${at}/relationship`);
  relationshipOf(resource, name, { pointer: `${at}/relationship` });
  return { resource, id, name };
}

/** The type that an identifier or a resource object names. @param unknown the code for one that there is not */
export function knownType(
  object: JsonObject,
  at: string,
  { registry, lenient }: TargetRules,
  unknown: 'not_found' | 'type_conflict',
): Resource {
  const { type } = object;
  if (typeof type !== 'string')
    throw malformed('`type` must be a string.', 'type' in object ? `${at}/type` : at);
  const resource = registry.find(typeOf(type, lenient));
  if (resource) return resource;
  throw JsonApiError.of(unknown, `There is no type "${type.slice(0, 40)}" here.`, { pointer: `${at}/type` });
}

/** The id, or the token of the `lid`, in an identifier or a resource object; undefined: neither is said. */
export function namedBy(
  object: JsonObject,
  at: string,
  resource: Resource,
  { lenient, localIds, actor }: TargetRules,
): string | undefined {
  const { lid } = object;
  const id = lenient && typeof object['id'] === 'number' ? String(object['id']) : object['id'];
  if (id !== undefined) {
    if (typeof id !== 'string') throw malformed('`id` must be a string.', `${at}/id`);
    return meant(resource, id, actor, `${at}/id`);
  }
  if (lid === undefined) return undefined;
  const token = typeof lid === 'string' ? localIds.refer(resource.type, lid) : undefined;
  if (token !== undefined) return token;
  throw malformed(`No operation before this one adds a ${resource.type} with this lid.`, `${at}/lid`);
}

function readHref(href: unknown, at: string, rules: TargetRules): Target {
  const [path, word, fixed, name, ...more] =
    typeof href === 'string' ? segmentsOf(href, rules.publicUrl) : [];
  const resource = rules.registry.all.find((one) => one.path === path);
  const known =
    word === undefined || fixed === undefined || (fixed === 'relationships' && name !== undefined);
  if (!resource || !known || more.length > 0)
    throw JsonApiError.of(
      typeof href === 'string' ? 'not_found' : 'malformed_document',
      'An `href` leads to a collection, a resource or a relationship of this API, without parameters.',
      { pointer: at },
    );
  if (word === undefined) return { resource };
  const id = meant(resource, word, rules.actor, at);
  if (name !== undefined) relationshipOf(resource, name, { pointer: at });
  return { resource, id, name };
}

/** The path below the base of the API, in parts; none: it leads elsewhere. */
function segmentsOf(href: string, publicUrl = ''): string[] {
  const local = publicUrl && href.startsWith(`${publicUrl}/`) ? href.slice(publicUrl.length) : href;
  const here = `http://here${BASE_PATH}/`;
  if (!URL.canParse(local, here)) return [];
  const { href: whole } = new URL(local, here);
  if (!whole.startsWith(here) || /[?#]/.test(whole)) return [];
  return whole.slice(here.length).split('/');
}

function meant(resource: Resource, word: string, actor: unknown, at: string): string {
  const id = resource.idAlias?.(word, actor as never) ?? word;
  if (isId(id)) return id;
  throw notFound(resource, word, { pointer: at });
}
