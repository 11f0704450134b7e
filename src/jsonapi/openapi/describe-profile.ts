import { CURSOR_PROFILE } from '../query/profiles.js';
import { filterable, operatorsOf } from '../query/parse-filter.js';
import { sortable } from '../query/parse-sort.js';
import type { Compared } from '../query/value-forms.js';
import type { Registry } from '../resource/registry.js';
import { FILTER_MEANINGS } from './query-parameters.js';

const TYPES: readonly Compared[] = ['string', 'integer', 'boolean', 'date', 'timestamp', 'id'];

const HEAD = (url: string): string => `# Profile: filters and pages

${url}

What the query parameters \`filter\` and \`page\` mean here, where JSON:API 1.1 leaves them to the server.

## filter

\`filter[FIELD]=VALUE\` is short for \`filter[FIELD][eq]=VALUE\`; \`filter[FIELD][OPERATOR]=VALUE\` compares otherwise.
Several filters hold together. FIELD is an attribute, \`id\`, or a relationship, which is compared by the id of its end.
Where an id is wanted, a comma list stands for any of several; \`me\` for the caller, where ids of people or users are.

With dots FIELD is a path: \`filter[groups.parent.name]=Choir\`. Something at its end has to be so; \`ne\`, \`nin\` and
\`null=true\` say that nothing there is so, just as they do without a path. What you cannot read stands at no end.

\`filter[q]=WORDS\` looks for words in the texts that a type is searched by: each has to be in one of them, or to look
like what is there; numbers are found however they are written.

## sort

\`sort=FIELD,-FIELD\`, with paths over to-one relationships: \`sort=person.last_name\`. Text is in the order of the root
collation of Unicode, which \`lt\` and \`gt\` go by as well. Null is last going up and first going down; so is an end
that you cannot read.
`;

const PAGES = (maxPageSize: number): string => `## page

- \`page[number]\` (from 1) and \`page[size]\` (1 to ${maxPageSize}), or
- \`page[offset]\` (from 0) and \`page[limit]\` (0 to ${maxPageSize}; with 0 they are only counted), or
- \`page[after]\`, \`page[before]\` and \`page[size]\`, by the profile ${CURSOR_PROFILE};
  the pages hold together whatever is put in or taken out between them.

The kinds are not mixed. The cursor profile is chosen by its parameters, or by naming it in \`Accept\`. \`page[total]=true\` counts all that the filters let through, in \`meta.total\`. The links
\`first\`, \`prev\` and \`next\` lead on; \`null\` means that there is no such page. Nothing that is unknown, doubled or
badly encoded is passed over: it is 400, with \`source.parameter\`.
`;

/** The profile of the filters and pages, as a page of Markdown for people. */
export function describeProfile(registry: Registry, url: string, maxPageSize: number): string {
  const types = registry.all.map(
    (resource) =>
      `- **${resource.type}** is filtered by ${ticked(filterable(resource))}; sorted by ${ticked(sortable(resource))}.`,
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

const ticked = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
