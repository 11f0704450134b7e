import { Serializer } from 'jsonapi-serializer';
import type { ResourceObject } from '../document/document.js';
import type { Resource } from '../resource/registry.js';
import type { Loaded } from '../store/loaded.js';

type ResourceSerializer = (loaded: Loaded) => Pick<ResourceObject, 'type' | 'id' | 'attributes'>;

/**
 * `{type, id, attributes}` of one resource by jsonapi-serializer. It is used for this part alone: compound documents,
 * relationships and fieldsets per type are beyond it (ARCHITECTURE.md).
 */
export function resourceSerializer(resource: Resource): ResourceSerializer {
  const names = Object.entries(resource.attributes)
    .filter(([, { writeOnly }]) => !writeOnly)
    .map(([name]) => name);
  const serializer = new Serializer(resource.type, {
    attributes: names,
    pluralizeType: false,
    keyForAttribute: (name: string) => name,
  });
  return (loaded) => {
    const { data } = serializer.serialize({ ...loaded.attributes, id: loaded.id }) as {
      data: ReturnType<ResourceSerializer>;
    };
    return data;
  };
}
