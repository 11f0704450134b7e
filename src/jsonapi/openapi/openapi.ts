/** As much of OpenAPI 3.1 as the description of the API needs. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly SecurityRequirement[];
  readonly tags: readonly Tag[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: Components;
}

export interface Components {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly headers: Readonly<Record<string, Header>>;
  readonly responses: Readonly<Record<string, Response>>;
  readonly securitySchemes: Readonly<Record<string, unknown>>;
}

/** JSON Schema 2020-12. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

export interface Ref {
  readonly $ref: string;
}

export interface Tag {
  readonly name: string;
  readonly description?: string;
}

export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly description?: string;
  readonly required?: boolean;
  readonly style?: 'form' | 'simple' | 'deepObject';
  readonly explode?: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
}

export interface Header {
  readonly description: string;
  readonly schema: Schema;
}

export interface MediaType {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, Example>>;
}

export interface Example {
  readonly summary?: string;
  readonly value: unknown;
}

export type Content = Readonly<Record<string, MediaType>>;

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Header | Ref>>;
  readonly content?: Content;
}

export interface RequestBody {
  readonly required: boolean;
  readonly content: Content;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly SecurityRequirement[];
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, Response | Ref>>;
}

export type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';

export type PathItem = Readonly<Partial<Record<Method, Operation>>>;

/** What a controller of its own adds to the description; it stands in the room of the controller. */
export interface OpenApiPart {
  readonly tags?: readonly Tag[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly schemas?: Readonly<Record<string, Schema>>;
  readonly securitySchemes?: Readonly<Record<string, unknown>>;
}

export interface AttributeAbout {
  readonly about?: string;
  readonly example?: unknown;
  /** What its values are, where its type and the rules of the dto do not say it: `{ enum: [...] }`. */
  readonly schema?: Schema;
}

/** What the description of a resource type knows beyond its definition. All of it may be left out. */
export interface ResourceAbout {
  /** One sentence: what it is. */
  readonly summary?: string;
  /** The id in examples; on a new server, after the examples were sent in their order, it is there. */
  readonly exampleId?: string;
  readonly attributes?: Readonly<Record<string, AttributeAbout>>;
  /** The ends of relationships in examples, where it is not the example of their type. */
  readonly ends?: Readonly<Record<string, string | null>>;
  /** The resource's own parameters of POST. */
  readonly parameters?: Readonly<
    Record<string, { readonly about: string; readonly values: readonly string[] }>
  >;
  /** Bodies that mean something, by what they show; without them one is made from the definition. */
  readonly creations?: Readonly<Record<string, unknown>>;
  readonly changes?: Readonly<Record<string, unknown>>;
  /** Lists of operations that mean something, for `/operations`. */
  readonly operations?: Readonly<Record<string, readonly unknown[]>>;
  /** What stands in `meta` beside a resource that POST wrote. */
  readonly creation?: { readonly meta: Schema; readonly example: unknown };
  /** Schemas that those above refer to, by their names. */
  readonly schemas?: Readonly<Record<string, Schema>>;
}

export const ref = (kind: keyof Components, name: string): Ref => ({ $ref: `#/components/${kind}/${name}` });
