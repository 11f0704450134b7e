import { SEARCH, type ResourceDefinition } from './define-resource.js';

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/**
 * What is wrong with the ways in which a type says that it can be read, in sentences.
 * @param columnsOf the columns of a type's table; of the type itself when none is named
 */
export function readingFaults(
  { attributes, relationships = {}, filters = {}, search = [] }: ResourceDefinition,
  types: ReadonlyMap<string, ResourceDefinition>,
  columnsOf: (definition?: ResourceDefinition) => ReadonlySet<string>,
): string[] {
  const faults: string[] = [];
  for (const [name, { type, filter, sort }] of Object.entries(attributes))
    if (type === 'json' && (filter || sort)) faults.push(`"${name}" is JSON and cannot be compared`);
  const taken = ['id', SEARCH, ...Object.keys(attributes), ...Object.keys(relationships)];
  for (const name of Object.keys(filters))
    if (!NAME.test(name) || taken.includes(name))
      faults.push(`the filter "${name}" needs a snake_case name that nothing else has`);
  for (const { column, of } of search) {
    const relationship = of === undefined ? undefined : relationships[of];
    if (of !== undefined && !(relationship?.kind === 'to-many' && relationship.foreignKey))
      faults.push(`the search names "${of}", which is no to-many relationship by a foreign key`);
    else if (!columnsOf(relationship && types.get(relationship.type)).has(column))
      faults.push(`the search names the column "${column}", which is not there`);
  }
  return faults;
}
