import type { Problem } from '../errors/jsonapi-error.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { Registry, Resource } from '../resource/registry.js';
import { known, quoted } from './did-you-mean.js';
import { parseFields } from './parse-fields.js';
import { parseFilter, type Filter } from './parse-filter.js';
import { parseInclude, type IncludeTree } from './parse-include.js';
import { parsePage, type Page, type PageRules } from './parse-page.js';
import { parseSort, type SortTerm } from './parse-sort.js';
import { nameOf, parseQueryString, problem, type Parameter } from './query-string.js';

/** What a request asks to see, checked: the one thing between the query string and the store. */
export interface ResourceQuery {
  readonly include: IncludeTree;
  /** `include` was sent, if only empty: `included` has to be there. */
  readonly includeAsked: boolean;
  /** Per type the fields to show; a type that is missing shows all. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
  readonly filters: readonly Filter[];
  readonly sort: readonly SortTerm[];
  readonly page: Page;
  /** URIs of the profiles that a list is read by. */
  readonly profiles: readonly string[];
  /** The resource's own parameters, by name. */
  readonly own: ReadonlyMap<string, string>;
  /** The query string as sent, for links; without the token. */
  readonly sent: string;
}

export interface QueryRules extends PageRules {
  readonly families: readonly ('include' | 'fields' | 'filter' | 'sort' | 'page')[];
  readonly own?: readonly string[];
  /** The profile of the filters and pages as the client spells it, when it asks for it. */
  readonly ownProfile?: string;
}

/** Compiles a raw query string for `resource`. @throws JsonApiError 400 naming each parameter that cannot be used. */
export function parseResourceQuery(
  raw: string,
  resource: Resource,
  registry: Registry,
  rules: QueryRules,
): ResourceQuery {
  const { parameters, problems } = parseQueryString(raw);
  const families = new Map<string, Parameter[]>();
  const own = new Map<string, string>();
  for (const parameter of parameters) {
    const base = rules.lenient && parameter.base === 'filters' ? 'filter' : parameter.base;
    if ((rules.families as readonly string[]).includes(base))
      families.set(base, [...(families.get(base) ?? []), parameter]);
    else if (rules.own?.includes(parameter.name)) own.set(parameter.name, parameter.value);
    else if (parameter.name !== 'access_token' && !rules.lenient)
      problems.push(unknownParameter(parameter, rules));
  }
  const of = (family: string): Parameter[] => families.get(family) ?? [];
  const sort = parseSort(of('sort'), resource, registry, problems);
  const page = parsePage(of('page'), sort, rules, problems);
  const query: ResourceQuery = {
    include: parseInclude(of('include'), resource, registry, rules.lenient, problems),
    includeAsked: of('include').length > 0,
    fields: parseFields(of('fields'), registry, rules.lenient, problems),
    filters: parseFilter(of('filter'), resource, registry, rules.lenient, problems),
    sort,
    page,
    profiles: [page.profile, rules.ownProfile].filter((uri) => uri !== undefined),
    own,
    sent: sentQuery(raw, rules.own),
  };
  if (problems.length > 0) throw new JsonApiError(problems);
  return query;
}

/**
 * What was sent as a link can show it, that GET takes: without the token and what only POST understands, and with what
 * no URI has encoded. Brackets are read either way and written encoded (RFC 3986): many URI classes take no others.
 */
const sentQuery = (raw: string, own: readonly string[] = []): string =>
  raw
    .split('&')
    .filter((part) => part !== '' && !['access_token', ...own].includes(nameOf(part) ?? ''))
    .join('&')
    .replace(/["<>[\\\]^`{|}]|[^\x21-\x7e]+/g, encodeURIComponent);

function unknownParameter(parameter: Parameter, rules: QueryRules): Problem {
  const allowed = [...rules.families, ...(rules.own ?? [])];
  return problem(
    parameter.name,
    `The parameter ${quoted(parameter.name)} is not known. ${known(allowed, parameter.base)}`,
  );
}
