import type { Compared } from '../query/parse-filter.js';
import type { Registry, Resource } from '../resource/registry.js';
import { FILTER_MEANINGS, operatorsOf } from './query-parameters.js';

const TYPES: readonly Compared[] = ['string', 'integer', 'boolean', 'date', 'timestamp', 'id'];

const HEAD = (url: string): string => `# Profile: filters and pages

${url}

What the query parameters \`filter\` and \`page\` mean here, where JSON:API 1.1 leaves them to the server.

## filter

\`filter[FIELD]=VALUE\` is short for \`filter[FIELD][eq]=VALUE\`; \`filter[FIELD][OPERATOR]=VALUE\` compares otherwise.
Several filters hold together. FIELD is an attribute, \`id\`, or a relationship, which is compared by the id of its end.
Where an id is wanted, \`me\` stands for the caller, and a comma list for any of several.
`;

const PAGES = (maxPageSize: number): string => `## page

- \`page[number]\` (from 1) and \`page[size]\` (1 to ${maxPageSize}), or
- \`page[offset]\` (from 0) and \`page[limit]\` (0 to ${maxPageSize}; with 0 they are only counted).

The kinds are not mixed. \`page[total]=true\` counts all that the filters let through, in \`meta.total\`. The links
\`first\`, \`prev\` and \`next\` lead on; \`null\` means that there is no such page. Nothing that is unknown, doubled or
badly encoded is passed over: it is 400, with \`source.parameter\`.
`;

/** The profile of the filters and pages, as a page of Markdown for people. */
export function describeProfile(registry: Registry, url: string, maxPageSize: number): string {
  const types = registry.all.map(
    (resource) =>
      `- **${resource.type}** is filtered by ${filterable(resource)}; sorted by ${sortable(resource)}.`,
  );
  return [HEAD(url), operatorTable(), PAGES(maxPageSize), '## Types\n', ...types, ''].join('\n');
}

function operatorTable(): string {
  const rows = operatorsOf('string').map((operator) => {
    const types = TYPES.filter((type) => operatorsOf(type).includes(operator));
    return `| ${operator} | ${FILTER_MEANINGS[operator]} | ${types.length === TYPES.length ? 'all' : types.join(', ')} |`;
  });
  return ['| operator | the value … | kinds of value |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

const filterable = ({ attributes, relationships }: Resource): string =>
  ['id', ...Object.keys(attributes).filter((name) => attributes[name]?.filter), ...Object.keys(relationships)]
    .map((name) => `\`${name}\``)
    .join(', ');

const sortable = ({ attributes }: Resource): string =>
  ['id', ...Object.keys(attributes).filter((name) => attributes[name]?.sort)]
    .map((name) => `\`${name}\``)
    .join(', ');
