import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';

/* A plain proxy as programs in Node usually have it: `@fastify/http-proxy`. Arguments: port, port of the backend. */

const [port = 0, backendPort = 0] = process.argv.slice(2).map(Number);
const server = fastify({ logger: false, requestIdHeader: false, bodyLimit: 12 * 1024 * 1024 });
await server.register(httpProxy, {
  upstream: `http://127.0.0.1:${backendPort}`,
  undici: { connections: 256, pipelining: 1, keepAliveTimeout: 60_000 },
  replyOptions: {
    rewriteRequestHeaders: (request, headers) => ({
      ...headers,
      'x-request-id': request.id,
      'x-forwarded-for': request.ip,
      'x-forwarded-proto': request.protocol,
      'x-real-ip': request.ip,
    }),
    rewriteHeaders: (headers, request) => ({ ...headers, ...(request && { 'x-request-id': request.id }) }),
  },
});
await server.listen({ host: '127.0.0.1', port });
process.once('SIGTERM', () => void server.close());
