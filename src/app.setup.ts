import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from '@fastify/cors';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import helmet from 'helmet';
import { pino, type DestinationStream } from 'pino';
import { AppModule } from './app.module.js';
import type { Env } from './config/index.js';
import type { Database } from './database/index.js';
import { serveHealth } from './health/index.js';
import type { ResourceDefinition } from './jsonapi/index.js';
import { AnswerAdapter, answerClientError, RouteTable, tagAnswer } from './jsonapi/http/index.js';

const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Where the log goes, if not to the standard output: its lines about requests, and what went wrong. */
export interface LogPlaces {
  readonly requests: DestinationStream;
  readonly errors: LoggerService;
}

/**
 * The whole server but for listening: `main.ts` and the tests start the same thing.
 * @param further resource types beside the product's own; `database` has to know their entities
 */
export async function createApp(
  env: Env,
  database: Database,
  further: readonly ResourceDefinition[] = [],
  log?: LogPlaces,
): Promise<NestFastifyApplication> {
  const adapter = new AnswerAdapter({
    bodyLimit: env.bodyLimit,
    trustProxy: trusted(env.trustProxy),
    genReqId: (request: { headers: Record<string, unknown> }) => {
      const sent = request.headers['x-request-id'];
      return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : randomUUID();
    },
    requestTimeout: 60_000,
    rewriteUrl: ({ url = '/' }: { url?: string }) => routableUrl(url),
    clientErrorHandler: answerClientError,
  });
  const module = AppModule.register(env, database, further);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    // Whoever starts the server says why it does not start.
    abortOnError: false,
    logger: env.logLevel === 'silent' ? false : (log?.errors ?? ['error', 'warn', 'fatal']),
  });
  await configureApp(app, env, database, log);
  return app;
}

async function configureApp(
  app: NestFastifyApplication,
  env: Env,
  database: Database,
  log?: LogPlaces,
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const protection = protectiveHeaders(env);
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.headers(protection);
    done();
  });
  await app.register(cors, {
    origin: [...env.corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'],
    exposedHeaders: ['ETag', 'Idempotency-Replayed', 'Location', 'X-Request-Id'],
    // Otherwise OPTIONS that is no preflight gets a plain text and 400.
    strictPreflight: false,
  });
  // Only the bytes are collected here: what they are is decided after who sent them.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: env.bodyLimit }, (_request, body, done) =>
    done(null, body),
  );
  const routes = app.get(RouteTable);
  fastify.addHook('onRoute', ({ url, method }) => routes.add(url, [method].flat()));
  fastify.addHook('onSend', (request, reply, payload, done) => finish(request, reply, payload, done));
  logRequests(fastify, env, log?.requests);
  serveHealth(fastify, database);
  closeIdleConnectionsAtShutdown(fastify);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
}

/** What helmet says for this server. It is the same for every answer, and helmet would put it together for each anew. */
function protectiveHeaders({ publicUrl }: Env): Record<string, string> {
  const headers: Record<string, string> = {};
  const reply = {
    setHeader: (name: string, value: string) => void (headers[name] = value),
    removeHeader: () => undefined,
  };
  const put = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'self'"] },
    },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    strictTransportSecurity: publicUrl?.startsWith('https:') ?? false,
  });
  put({} as IncomingMessage, reply as unknown as ServerResponse, () => undefined);
  return headers;
}

/** Fastify takes no number, since whoever reaches the server past its proxies could name any address: SECURITY.md says so. */
const trusted = (proxies: Env['trustProxy']) =>
  typeof proxies === 'number' ? (_address: string, hop: number): boolean => hop < proxies : proxies;

/** Clients of `/persons/…` end these with a slash or not, as they like. */
const SLASH_AT_THE_END = /^((?:\/apis\/v4)?\/persons\/\w+)\/$/;

/** The router answers a path that is badly encoded by itself, past all hooks and guards; read letter by letter it is like any other. */
function routableUrl(url: string): string {
  if (!url.includes('%') && !url.includes('/persons/')) return url;
  const [path = '', ...query] = url.split('?');
  try {
    decodeURIComponent(path);
    return [path.replace(SLASH_AT_THE_END, '$1'), ...query].join('?');
  } catch {
    return [path.replaceAll('%', '%25'), ...query].join('?');
  }
}

/** The headers that every answer carries. */
function finish(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  reply.header('Vary', withAccept(String(reply.getHeader('vary') ?? '')));
  reply.header('X-Request-Id', request.id);
  reply.header('X-Runtime', (reply.elapsedTime / 1000).toFixed(6));
  done(null, tagAnswer(request, reply, payload));
}

/** What an answer varies by, and `Accept`. */
function withAccept(vary: string): string {
  if (vary === '' || vary === 'Origin') return vary === '' ? 'Accept' : 'Origin, Accept';
  return /\bAccept\b(?!-)/i.test(vary) ? vary : `${vary}, Accept`;
}

/** What stands in a path of ours; an address, a number or a token, in a path or where a query string belongs, may be anybody's. */
const LOGGED = /^[\w.:-]{0,64}$/;

/** One line per request. */
function logRequests(fastify: FastifyInstance, env: Env, place?: DestinationStream): void {
  const log = pino({ level: env.logLevel, base: null }, place as DestinationStream);
  if (!log.isLevelEnabled('info')) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    const [place = ''] = request.url.split('?');
    const path = place
      .split('/')
      .map((part) => (LOGGED.test(part) ? part : '*'))
      .join('/');
    log.info({
      request_id: request.id,
      method: request.method,
      path,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
    done();
  });
}

/** A kept-alive connection that goes idle after the server began to close would hold it open for a minute. */
function closeIdleConnectionsAtShutdown(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    const timer = setInterval(() => fastify.server.closeIdleConnections(), 25);
    timer.unref();
    fastify.server.once('close', () => clearInterval(timer));
    done();
  });
}
