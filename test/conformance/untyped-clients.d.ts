/** What the suite uses of clients that bring no types. */
declare module 'devour-client' {
  type Fields = Record<string, unknown>;
  type Model = Fields & { id: string };
  interface Answer<T> {
    data: T;
    meta?: Fields;
    links?: Fields;
  }
  export default class JsonApi {
    constructor(options: { apiUrl: string; bearer: string; logger: boolean });
    headers: Record<string, string>;
    define(
      model: string,
      fields: Fields,
      options: { type: string; collectionPath: string; readOnly?: string[] },
    ): void;
    find(model: string, id: string, params?: Fields): Promise<Answer<Model>>;
    findAll(model: string, params?: Fields): Promise<Answer<Model[]>>;
    create(model: string, fields: Fields, params?: Fields): Promise<Answer<Model>>;
    update(model: string, fields: Model, params?: Fields): Promise<Answer<Model>>;
    destroy(model: string, id: string): Promise<unknown>;
    one(model: string, id: string): this;
    all(model: string): this;
    relationships(name: string): this;
    get(params?: Fields): Promise<Answer<unknown>>;
    post(data: unknown): Promise<unknown>;
    patch(data: unknown): Promise<unknown>;
    destroy(data: unknown): Promise<unknown>;
  }
}

declare module 'jsonapi-datastore' {
  export class JsonApiDataStoreModel {
    constructor(type: string, id?: string);
    [name: string]: unknown;
    id: string;
    setAttribute(name: string, value: unknown): void;
    setRelationship(name: string, value: unknown): void;
    serialize(options?: { attributes?: string[]; relationships?: string[] }): unknown;
  }
  export class JsonApiDataStore {
    sync(payload: unknown): JsonApiDataStoreModel & JsonApiDataStoreModel[];
    syncWithMeta(payload: unknown): { data: JsonApiDataStoreModel[]; meta: Record<string, unknown> | null };
    find(type: string, id: string): JsonApiDataStoreModel | null;
  }
}
