import { type DataSource } from 'typeorm';
import type { SqlRunner } from '../../database/index.js';
import { checkRegistry } from './check-registry.js';
import { checkTables } from './check-tables.js';
import type { Relationship, ResourceDefinition } from './define-resource.js';

/** A definition with what the tables say of it. */
export interface Resource extends ResourceDefinition {
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns that may hold NULL. */
  readonly nullable: ReadonlySet<string>;
  /** Its rows count their changes in a column `version`. */
  readonly versioned: boolean;
  readonly relationships: Readonly<Record<string, Relationship>>;
}

/** All resource types of the deployment, by type; complete and right, or the server does not start. */
export class Registry {
  private readonly byType: ReadonlyMap<string, Resource>;

  constructor(definitions: readonly ResourceDefinition[], dataSource: DataSource) {
    checkRegistry(definitions, dataSource);
    this.byType = new Map(
      definitions.map((definition) => {
        const { tableName, columns } = dataSource.getMetadata(definition.entity);
        const nullable = columns.filter(({ isNullable }) => isNullable);
        const resource: Resource = {
          ...definition,
          relationships: definition.relationships ?? {},
          table: tableName,
          columns: columns.map(({ databaseName }) => databaseName),
          nullable: new Set(nullable.map(({ databaseName }) => databaseName)),
          versioned: columns.some(({ databaseName }) => databaseName === 'version'),
        };
        return [definition.type, resource];
      }),
    );
  }

  /** What has been declared has to be in the database too. @throws Error, saying what is not */
  requireTables(database: SqlRunner): Promise<void> {
    return checkTables(this.all, database);
  }

  get(type: string): Resource {
    const resource = this.byType.get(type);
    if (!resource) throw new Error(`No resource of type "${type}" is registered`);
    return resource;
  }

  find(type: string): Resource | undefined {
    return this.byType.get(type);
  }

  get all(): readonly Resource[] {
    return [...this.byType.values()];
  }
}

/** `null` can be stored; what is computed, or only sent, is for its operation to judge. */
export function isClearable({ attributes, nullable }: Resource, name: string): boolean {
  const attribute = attributes[name];
  return !!attribute?.sql || !!attribute?.writeOnly || nullable.has(attribute?.column ?? name);
}
