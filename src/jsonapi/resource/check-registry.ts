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
  const columns = columnsIn(dataSource);
  const own = columns(definition);
  const faults = own
    ? [
        ...memberFaults(definition, own),
        ...relationshipFaults(definition, types, columns),
        ...partFaults(definition, types),
        ...readingFaults(definition, types, (of = definition) => columns(of) ?? new Set()),
        ...dtoFaults(definition),
      ]
    : ['its entity is no table that the server knows; list it in src/database/entities.ts'];
  return faults.map((text) => `${definition.type}: ${text}`);
}

type ColumnsOf = (definition: ResourceDefinition) => ReadonlySet<string> | undefined;

const columnsIn =
  (dataSource: DataSource): ColumnsOf =>
  ({ entity }) =>
    dataSource.hasMetadata(entity)
      ? new Set(dataSource.getMetadata(entity).columns.map(({ databaseName }) => databaseName))
      : undefined;

function memberFaults(definition: ResourceDefinition, own: ReadonlySet<string>): string[] {
  const { type, path, attributes, relationships = {}, policy, operations, conflicts = {} } = definition;
  const faults: string[] = [];
  if ((policy?.update || operations?.update) && !own.has('version'))
    faults.push(
      'it can be changed, but the table has no column "version"; let its migration call keep_version',
    );
  if (typeof policy?.readable !== 'function') faults.push('there is no policy; say who may read it');
  if (!MEMBER_NAME.test(path)) faults.push(`"${path}" is no path; write it as "postal_addresses"`);
  for (const name of [type, ...Object.keys(attributes), ...Object.keys(relationships)])
    if (!MEMBER_NAME.test(name)) faults.push(`"${name}" is no snake_case member name`);
  for (const name of ['id', 'type'])
    if (name in attributes || name in relationships)
      faults.push(`"${name}" is what JSON:API calls something else`);
  for (const [name, { sql, writeOnly, column = name }] of Object.entries(attributes)) {
    if (name in relationships) faults.push(`"${name}" is an attribute and a relationship`);
    if (!sql && !writeOnly && !own.has(column))
      faults.push(`the table has no column "${column}" for the attribute "${name}"`);
  }
  for (const [name, column] of Object.entries(definition.meta ?? {}))
    if (!own.has(column)) faults.push(`the table has no column "${column}" for "${name}" in meta`);
  for (const [constraint, { field }] of Object.entries(conflicts))
    if (!(field in attributes) && !(field in relationships))
      faults.push(`the conflict "${constraint}" points at "${field}", which is no attribute or relationship`);
  return faults;
}

function relationshipFaults(
  definition: ResourceDefinition,
  types: ReadonlyMap<string, ResourceDefinition>,
  columns: ColumnsOf,
): string[] {
  return Object.entries(definition.relationships ?? {}).flatMap(([name, relationship]) => {
    const target = types.get(relationship.type);
    if (!target) return [`the relationship "${name}" names the unknown type "${relationship.type}"`];
    const faults: string[] = [];
    const toOne = relationship.kind === 'to-one' ? relationship : undefined;
    const ways = [
      toOne?.column,
      relationship.foreignKey,
      relationship.kind === 'to-many' && relationship.through,
    ];
    if (ways.filter(Boolean).length !== 1)
      faults.push(
        `"${name}" leads there by ${toOne ? '"column"' : '"through"'} or by "foreignKey"; name one`,
      );
    if (toOne?.column && !columns(definition)?.has(toOne.column))
      faults.push(`the table has no column "${toOne.column}" for the relationship "${name}"`);
    if (toOne?.idAttribute && !(toOne.idAttribute in definition.attributes))
      faults.push(`"${name}" means the same as "${toOne.idAttribute}", which is no attribute`);
    if (relationship.foreignKey && columns(target)?.has(relationship.foreignKey) === false)
      faults.push(`the target of "${name}" has no column "${relationship.foreignKey}"`);
    if (relationship.kind === 'to-many' && relationship.write && !isWritten(definition, name, relationship))
      faults.push(`"${name}" can be written, but neither a plain table between nor an operation says how`);
    return faults;
  });
}

function partFaults(
  { type, attributes, relationships = {}, partOf = [], onceByWhole = [], takes = [] }: ResourceDefinition,
  types: ReadonlyMap<string, ResourceDefinition>,
): string[] {
  const isColumn = (name: string): boolean => {
    const whole = relationships[name];
    return whole?.kind === 'to-one' && whole.column !== undefined;
  };
  const leadsHere = (taken: string): boolean =>
    Object.values(types.get(taken)?.relationships ?? {}).some(
      (end) => end.type === type && end.kind === 'to-one',
    );
  return [
    ...partOf
      .filter((name) => !isColumn(name))
      .map((name) => `it cannot be part of "${name}": that is no column`),
    ...onceByWhole
      .filter((name) => !(name in attributes))
      .map((name) => `a whole has one of each "${name}", which is no attribute`),
    ...takes
      .filter((taken) => !leadsHere(taken))
      .map((taken) => `"${taken}" may come along, but no to-one relationship of it leads here`),
  ];
}

function dtoFaults({ attributes, dto }: ResourceDefinition): string[] {
  const writable = Object.keys(attributes).filter((name) => attributes[name]?.write);
  const validated = dto ? validatedProperties(dto) : [];
  return [
    ...writable
      .filter((name) => !validated.includes(name))
      .map((name) => `"${name}" can be written, but the dto has no rule for it`),
    ...validated
      .filter((name) => !writable.includes(name))
      .map((name) => `the dto has a rule for "${name}", which cannot be written`),
  ];
}

/** Rows with a condition of their own are more than a link, so only an operation can know how to write them. */
const isWritten = ({ operations }: ResourceDefinition, name: string, { through }: ToMany): boolean =>
  !!operations?.relationships?.[name] || (!!through && !through.where);

function validatedProperties(dto: NonNullable<ResourceDefinition['dto']>): string[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return [...new Set(metadata.map(({ propertyName }) => propertyName))];
}
