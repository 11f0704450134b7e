import { MEDIA_TYPE, type ResourceObject } from '../../src/jsonapi/index.js';
import { JSON_TYPE, type ApiAnswer, type ApiClient } from './api-client.js';

export const ATOMIC_TYPE = `${MEDIA_TYPE}; ext="https://jsonapi.org/ext/atomic"`;

type Headers = Readonly<Record<string, string>>;

/** Speaks the extension for several writes at once, as the caller of a client. */
export class OperationsClient {
  constructor(
    private readonly api: ApiClient,
    private readonly type = ATOMIC_TYPE,
  ) {}

  /** The same caller with `application/json`. */
  get lenient(): OperationsClient {
    return new OperationsClient(this.api, JSON_TYPE);
  }

  send(operations: readonly unknown[], parameters = '', headers: Headers = {}): Promise<ApiAnswer> {
    return this.document({ 'atomic:operations': operations }, parameters, headers);
  }

  document(body: unknown, parameters = '', headers: Headers = {}): Promise<ApiAnswer> {
    const spoken = { 'content-type': this.type, accept: this.type };
    return this.api.post(`/operations${parameters}`, body, { ...spoken, ...headers });
  }
}

export interface OperationResult {
  readonly data?: ResourceObject | null;
  readonly meta?: Record<string, unknown>;
}

export const resultsOf = (answer: ApiAnswer): OperationResult[] =>
  (answer.document['atomic:results'] ?? []) as OperationResult[];
