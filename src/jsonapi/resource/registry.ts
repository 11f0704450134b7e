import { type DataSource } from 'typeorm';
import { checkRegistry } from './check-registry.js';
import type { Relationship, ResourceDefinition } from './define-resource.js';

/** A definition with what the tables say of it. */
export interface Resource extends ResourceDefinition {
  readonly table: string;
  readonly relationships: Readonly<Record<string, Relationship>>;
}

/** All resource types of the deployment, by type; complete and right, or the server does not start. */
export class Registry {
  private readonly byType: ReadonlyMap<string, Resource>;

  constructor(definitions: readonly ResourceDefinition[], dataSource: DataSource) {
    checkRegistry(definitions, dataSource);
    this.byType = new Map(
      definitions.map((definition) => [
        definition.type,
        {
          ...definition,
          relationships: definition.relationships ?? {},
          table: dataSource.getMetadata(definition.entity).tableName,
        },
      ]),
    );
  }

  get(type: string): Resource {
    const resource = this.byType.get(type);
    if (!resource) throw new Error(`No resource of type "${type}" is registered`);
    return resource;
  }

  get all(): readonly Resource[] {
    return [...this.byType.values()];
  }
}
