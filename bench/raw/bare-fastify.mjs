import { fastify } from 'fastify';

/** What Fastify itself needs for the answer of `/healthz`, the headers of it included, all of them constant. */
const HEADERS = {
  'Content-Security-Policy': "default-src 'none';frame-ancestors 'self'",
  'Referrer-Policy': 'strict-origin-when-cross-origin',
};
const BODY = Buffer.from('{"status":"ok"}');

const app = fastify();
app.get('/healthz', (_request, reply) =>
  reply.headers(HEADERS).header('Content-Type', 'application/json').send(BODY),
);
const url = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`listens on ${url}`);
process.on('SIGTERM', () => process.exit());
