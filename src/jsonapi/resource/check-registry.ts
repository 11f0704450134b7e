import { getMetadataStorage } from 'class-validator';
import type { DataSource } from 'typeorm';
import { readingFaults } from './check-reading.js';
import type { ResourceDefinition, ToMany } from './define-resource.js';

const MEMBER_NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** Holds the definitions against the tables and each other. @throws Error with every fault, each saying what to do. */
export function checkRegistry(definitions: readonly ResourceDefinition[], dataSource: DataSource): void {
  const types = new Map(definitions.map((definition) => [definition.type, definition]));
  const faults = definitions.flatMap((definition) => faultsOf(definition, types, dataSource));
  for (const key of ['type', 'path'] as const) {
    const seen = definitions.map((definition) => definition[key]);
    faults.push(
      ...seen
        .filter((value, i) => seen.indexOf(value) !== i)
        .map((value) => `The ${key} "${value}" is declared twice`),
    );
  }
  if (faults.length > 0)
    throw new Error(`The resources cannot be served:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
}

function faultsOf(
  definition: ResourceDefinition,
  types: ReadonlyMap<string, ResourceDefinition>,
  dataSource: DataSource,
): string[] {
  const { type, attributes, relationships = {}, policy, dto } = definition;
  const faults: string[] = [];
  const fault = (text: string): number => faults.push(`${type}: ${text}`);
  const columns = (of = definition): Set<string> =>
    new Set(dataSource.getMetadata(of.entity).columns.map(({ databaseName }) => databaseName));
  const own = columns(definition);

  if ((policy?.update || definition.operations?.update) && !own.has('version'))
    fault('it can be changed, but the table has no column "version"; let its migration call keep_version');
  if (typeof policy?.readable !== 'function') fault('there is no policy; say who may read it');
  for (const name of [type, ...Object.keys(attributes), ...Object.keys(relationships)])
    if (!MEMBER_NAME.test(name)) fault(`"${name}" is no snake_case member name`);
  for (const [name, attribute] of Object.entries(attributes)) {
    if (name in relationships) fault(`"${name}" is an attribute and a relationship`);
    if (!attribute.sql && !attribute.writeOnly && !own.has(attribute.column ?? name))
      fault(`the table has no column "${attribute.column ?? name}" for the attribute "${name}"`);
  }
  for (const [name, relationship] of Object.entries(relationships)) {
    if (relationship.kind === 'to-many' && relationship.write && !isWritten(definition, name, relationship))
      fault(`"${name}" can be written, but neither a plain table between nor an operation says how`);
    const target = types.get(relationship.type);
    if (!target) fault(`the relationship "${name}" names the unknown type "${relationship.type}"`);
    else if (relationship.kind === 'to-one' && relationship.column && !own.has(relationship.column))
      fault(`the table has no column "${relationship.column}" for the relationship "${name}"`);
    else if (relationship.foreignKey && !columns(target).has(relationship.foreignKey))
      fault(`the target of "${name}" has no column "${relationship.foreignKey}"`);
  }

  for (const name of definition.partOf ?? []) {
    const whole = relationships[name];
    if (whole?.kind !== 'to-one' || !whole.column) fault(`it cannot be part of "${name}": that is no column`);
  }
  for (const taken of definition.takes ?? []) {
    const ends = Object.values(types.get(taken)?.relationships ?? {});
    if (!ends.some((end) => end.type === type && end.kind === 'to-one'))
      fault(`"${taken}" may come along, but no to-one relationship of it leads here`);
  }
  faults.push(...readingFaults(definition, types, columns).map((text) => `${type}: ${text}`));

  const writable = Object.keys(attributes).filter((name) => attributes[name]?.write);
  const validated = dto ? validatedProperties(dto) : [];
  for (const name of writable.filter((property) => !validated.includes(property)))
    fault(`"${name}" can be written, but the dto has no rule for it`);
  for (const name of validated.filter((property) => !writable.includes(property)))
    fault(`the dto has a rule for "${name}", which cannot be written`);
  return faults;
}

/** Rows with a condition of their own are more than a link, so only an operation can know how to write them. */
const isWritten = ({ operations }: ResourceDefinition, name: string, { through }: ToMany): boolean =>
  !!operations?.relationships?.[name] || (!!through && !through.where);

function validatedProperties(dto: NonNullable<ResourceDefinition['dto']>): string[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return [...new Set(metadata.map(({ propertyName }) => propertyName))];
}
