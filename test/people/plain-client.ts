import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect } from '@jest/globals';
import { Description } from '../support/description.js';

type Json = Record<string, unknown>;

/** An answer of `/persons/…`. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Json;
  /** `persons`, one per entry. */
  readonly persons: Json[];
  readonly error: { readonly type: string; readonly message: string; readonly pointer?: string };
}

/** Posts plain JSON as one caller; every answer has to be plain JSON, with the headers that all answers have. */
export class PlainClient {
  constructor(
    private readonly app: NestFastifyApplication,
    private readonly token?: string,
  ) {}

  async post(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<PlainAnswer> {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return this.send('POST', path, text, { 'content-type': 'application/json', ...headers });
  }

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    payload?: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<PlainAnswer> {
    const reply = await this.app.inject({
      method,
      url: path,
      headers: { ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }), ...headers },
      ...(payload !== undefined && { payload }),
    });
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': expect.any(String),
      vary: expect.stringContaining('Accept'),
    });
    const { statusCode: status, headers: answered, rawPayload: bytes } = reply;
    const faults = Description.of(this.app).answerFaults({
      method,
      url: path,
      status,
      headers: answered,
      bytes,
    });
    expect(faults).toEqual([]);
    const answer = reply.json<Json>();
    if (reply.statusCode >= 400) {
      expect(Object.keys(answer)).toEqual(['error']);
      expect(reply.headers['cache-control']).toBe('no-cache');
    }
    return {
      status: reply.statusCode,
      headers: reply.headers,
      body: answer,
      persons: (answer['persons'] ?? []) as Json[],
      error: answer['error'] as PlainAnswer['error'],
    };
  }
}
