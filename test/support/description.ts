import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { DESCRIPTION } from '../../src/docs/descriptions.js';
import type { OpenApiDocument } from '../../src/jsonapi/openapi/index.js';
import type { Operation } from '../../src/jsonapi/openapi/openapi.js';
import type { Method } from './api-client.js';

/** Operations whose description another method shares. */
const SHARED: Partial<Record<Method, string>> = { PUT: 'patch', HEAD: 'get' };

/** What is answered before it is known which operation is meant. */
const BEFORE_ROUTES = [400, 401, 404, 405, 406, 413, 415, 429, 500, 503];

export interface Answered {
  readonly method: Method;
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
}

/** Holds what goes over the wire against what `/openapi.json` says of it. */
export class Description {
  private static readonly byApp = new WeakMap<NestFastifyApplication, Description>();

  /** That of the app, with its own resource types; undefined where it has none. */
  static of(app: NestFastifyApplication): Description {
    const known = Description.byApp.get(app);
    if (known) return known;
    const made = new Description(app.get<OpenApiDocument>(DESCRIPTION, { strict: false }));
    Description.byApp.set(app, made);
    return made;
  }

  private readonly ajv = new Ajv2020({ strict: false, discriminator: true, validateSchema: false });
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly places = new Map<Operation, string>();
  private readonly patterns: readonly (readonly [RegExp, string])[];

  constructor(private readonly document: OpenApiDocument) {
    formats.default(this.ajv);
    this.ajv.addSchema(withoutMappings(document), 'openapi');
    this.patterns = Object.keys(document.paths).map((path) => [
      new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      path,
    ]);
  }

  /** What of the answer is not as it is described; empty when it is. */
  answerFaults({ method, url, status, headers, bytes }: Answered): string[] {
    // Some addresses are served with a slash at the end, too.
    const path = (url.split('?')[0] as string).replace(/\/$/, '');
    const operation = this.operationAt(method, path);
    if (!operation && status < 400 && method !== 'OPTIONS') return [`${method} ${path} is not described`];
    const response = operation?.responses[status];
    if (!operation || !response)
      return !operation || BEFORE_ROUTES.includes(status)
        ? []
        : [`the description of ${operation.operationId} knows no ${status}`];
    if (bytes.length === 0 || method === 'HEAD') return [];
    const place = '$ref' in response ? response.$ref : `${this.placeOf(operation)}/responses/${status}`;
    const essence = String(headers['content-type']).split(';')[0] as string;
    const described = '$ref' in response ? [] : Object.keys(response.content ?? {});
    const type = described.find((one) => one.startsWith(essence)) ?? essence;
    return this.faults(`${place}/content/${escapePointer(type)}/schema`, JSON.parse(bytes.toString()));
  }

  /** What of `value` is not as the schema at this place of the document says. @param place a pointer that begins with `#` */
  faults(place: string, value: unknown): string[] {
    let validate = this.validators.get(place);
    if (!validate) {
      validate = this.ajv.compile({ $ref: `openapi${place}` });
      this.validators.set(place, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  private operationAt(method: Method, url: string): Operation | undefined {
    const path = this.patterns.find(([pattern]) => pattern.test(url))?.[1];
    const item = path === undefined ? {} : this.document.paths[path];
    return (item as Record<string, Operation>)[SHARED[method] ?? method.toLowerCase()];
  }

  private placeOf(operation: Operation): string {
    const known = this.places.get(operation);
    if (known !== undefined) return known;
    const entries = Object.entries(this.document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([verb, one]) => [one, `#/paths/${escapePointer(path)}/${verb}`] as const),
    );
    const [, place] = entries.find(([one]) => one === operation) as readonly [Operation, string];
    this.places.set(operation, place);
    return place;
  }
}

/** A path in the fragment of a reference: JSON Pointer within a URI. */
const escapePointer = (path: string): string =>
  encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Ajv tells the shapes apart by the constants in them, and knows no mapping. */
const withoutMappings = (document: OpenApiDocument): object =>
  JSON.parse(
    JSON.stringify(document, (key, value: unknown) => (key === 'mapping' ? undefined : value)),
  ) as object;
