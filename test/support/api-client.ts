import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect } from '@jest/globals';
import { MEDIA_TYPE, type Document, type ResourceObject } from '../../src/jsonapi/index.js';
import { Description } from './description.js';
import { jsonApiFaults } from './matchers.js';

export const JSON_TYPE = 'application/json';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'OPTIONS';
type Headers = Readonly<Record<string, string>>;

export interface ApiRequest {
  readonly method: Method;
  /** Below `/apis/v4`, or a link as an answer showed it. */
  readonly path: string;
  /** A value is sent as JSON, a text or a Buffer as it is. */
  readonly body?: unknown;
  readonly headers?: Headers;
}

/** What came back, with the request that led to it: pointers and fieldsets are judged by what was sent. */
export class ApiAnswer {
  private parsed: Document | undefined;

  constructor(
    readonly request: ApiRequest,
    readonly status: number,
    readonly headers: Readonly<Record<string, string | string[] | number | undefined>>,
    readonly bytes: Buffer,
  ) {}

  header(name: string): string | undefined {
    const value = this.headers[name.toLowerCase()];
    return value === undefined ? undefined : String(value);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  get document(): Document {
    return (this.parsed ??= JSON.parse(this.text) as Document);
  }

  /** The primary data of a document with one resource. */
  get one(): ResourceObject {
    expect(this.document.data).toEqual(expect.objectContaining({ id: expect.any(String) }));
    return this.document.data as ResourceObject;
  }

  /** The primary data of a collection. */
  get many(): ResourceObject[] {
    expect(this.document.data).toEqual(expect.any(Array));
    return this.document.data as ResourceObject[];
  }

  get ids(): string[] {
    return this.many.map(({ id }) => id);
  }

  get included(): ResourceObject[] {
    return this.document.included as ResourceObject[];
  }

  /** `type:id` of everything included, sorted. */
  get includedKeys(): string[] {
    return this.included.map(({ type, id }) => `${type}:${id}`).sort();
  }

  get total(): unknown {
    return this.document.meta?.['total'];
  }

  /** Status, codes and sources, in one value to compare with. */
  get refusal(): { status: number; errors: (readonly [code: string, source: unknown])[] } {
    const errors = this.document.errors ?? [];
    return {
      status: this.status,
      errors: errors.map(({ code, source }) => [
        code,
        source?.pointer ?? source?.parameter ?? source?.header,
      ]),
    };
  }
}

/**
 * Speaks to the app as one caller. Every answer below `/apis/v4` is held against the shape of JSON:API 1.1 and against
 * the description of the API, whatever else a test asks of it.
 */
export class ApiClient {
  constructor(
    private readonly app: NestFastifyApplication,
    private readonly token?: string,
    private readonly type: string = MEDIA_TYPE,
  ) {}

  /** The same caller with `application/json`. */
  get lenient(): ApiClient {
    return new ApiClient(this.app, this.token, JSON_TYPE);
  }

  get authorization(): Headers {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }

  get(path: string, headers?: Headers): Promise<ApiAnswer> {
    return this.send({ method: 'GET', path, headers });
  }

  post(path: string, body: unknown, headers?: Headers): Promise<ApiAnswer> {
    return this.send({ method: 'POST', path, body, headers });
  }

  patch(path: string, body: unknown, headers?: Headers): Promise<ApiAnswer> {
    return this.send({ method: 'PATCH', path, body, headers });
  }

  put(path: string, body: unknown, headers?: Headers): Promise<ApiAnswer> {
    return this.send({ method: 'PUT', path, body, headers });
  }

  delete(path: string, body?: unknown, headers?: Headers): Promise<ApiAnswer> {
    return this.send({ method: 'DELETE', path, body, headers });
  }

  async send(request: ApiRequest): Promise<ApiAnswer> {
    const { method, path, body, headers } = request;
    const payload =
      body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const url = path.startsWith('/apis/v4') ? path : `/apis/v4${path}`;
    const reply = await this.app.inject({
      method,
      url,
      headers: {
        ...this.authorization,
        accept: this.type,
        ...(payload !== undefined && { 'content-type': this.type }),
        ...headers,
      },
      ...(payload !== undefined && { payload }),
    });
    const answer = new ApiAnswer(request, reply.statusCode, reply.headers, reply.rawPayload);
    const described = Description.of(this.app).answerFaults({ method, url, ...answer });
    const faults = [...jsonApiFaults(answer), ...described];
    if (faults.length > 0) expect(faults).toEqual([]);
    return answer;
  }
}
