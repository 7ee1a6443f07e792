import type { AddressInfo, Socket } from 'node:net';
import { fail, isApigError, type ApigError, type Json, type KeyedCertificate } from '@apig/sdk/contract';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Log } from '../observe/log.ts';
import { listenError } from '../listen-error.ts';
import { codeOf } from '../startup-error.ts';
import type { Authentication, Claim } from './authentication.ts';
import { AnsweredFile, type ControlCall, type ControlRoute } from './call.ts';
import { isOwnHost } from './host-names.ts';
import { keystoneError, type IdentityCall, type IdentityRoute } from './identity/routes.ts';
import { newId, withoutDashes } from './ids.ts';
import { isDeeperThan } from './json-depth.ts';
import {
  bodyTooLong,
  noSuchMethod,
  noSuchPath,
  otherHost,
  otherProject,
  unauthenticated,
  unexpected,
} from './refusals.ts';

/** More than the largest documented request, an API with all its texts, by far. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Time for a whole request to arrive. */
const REQUEST_TIMEOUT_MS = 60_000;

const PROJECT_PATH = '/v2/:projectId/apigw/';
const RUNTIME_PATH = '/runtime/v1/';
/** Paths of the identity service. */
const IDENTITY_PATH = /^\/(?:v3(?:[/?]|$)|$)/;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const;
const NO_BYTES = new Uint8Array();

/** Deepest nesting of lists and objects in a body; the largest documented one has six. */
const MAX_DEPTH = 64;

/** Who calls, and what proved it. */
type Caller = Pick<ControlCall, 'account' | 'credential'>;

/** What the management API serves. */
export interface ControlServerOptions {
  /** Operations below a project. */
  readonly routes: readonly ControlRoute[];
  /** Operations on the runtime itself, for accounts of its own project. */
  readonly runtimeRoutes: readonly ControlRoute[];
  /** What anybody may ask of the runtime, by path below the runtime's. */
  readonly probes: Readonly<Record<string, Probe>>;
  /** Operations of the identity service, for accounts of any project. */
  readonly identityRoutes: readonly IdentityRoute[];
  readonly authentication: Authentication;
  /** Project that runs the gateway. */
  readonly projectId: string;
  /** Names by which callers may know this server, in lower case, besides addresses and `localhost`. */
  readonly hostNames: readonly string[];
  /** Encrypts. */
  readonly tls?: KeyedCertificate;
  readonly log: Log;
}

/** A question that anybody may ask, about the process and nothing else. */
export type Probe = () => ProbeAnswer | Promise<ProbeAnswer>;

interface ProbeAnswer {
  readonly status: number;
  readonly body: Json | string;
  /** Media type, where it is not JSON. */
  readonly mediaType?: string;
}

/** The management API, listening. */
export interface ControlServer {
  readonly host: string;
  readonly port: number;
  /** Stops accepting, lets calls under way end for at most that long, and closes all connections. */
  close(timeoutMs: number): Promise<void>;
}

/** Serves the management API. @throws StartupError when it cannot listen. */
export async function startControlServer(
  options: ControlServerOptions,
  listen: { readonly host: string; readonly port: number },
): Promise<ControlServer> {
  const app = createServer(options);
  try {
    await app.listen({ ...listen });
  } catch (error) {
    await app.close();
    throw listenError('management API', error);
  }
  const { port } = app.server.address() as AddressInfo;
  return {
    host: listen.host,
    port,
    close: async (timeoutMs) => {
      const timer = setTimeout(() => {
        app.server.closeAllConnections();
      }, timeoutMs);
      await app.close();
      clearTimeout(timer);
    },
  };
}

function createServer(options: ControlServerOptions): FastifyInstance {
  const { log, tls, identityRoutes } = options;
  const callers = new WeakMap<FastifyRequest, Caller>();
  const settings = {
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    genReqId: newId,
    // An ID of any length is one that is not there; the server bounds the whole address.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 65_536 },
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      answerError(request, reply, noSuchPath()),
    clientErrorHandler: refuseMalformed,
  };
  // The types differ in the server alone, of which only what both have is used.
  const app =
    tls === undefined
      ? fastify(settings)
      : (fastify({
          ...settings,
          https: { cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' },
        }) as unknown as FastifyInstance);

  // A signature covers the bytes of the body, so these are kept and parsed later.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  guard(app, options, callers);

  app.setErrorHandler((error, request, reply) => {
    const answer = toApigError(error, request);
    if (answer.status >= 500) log.error({ err: error, requestId: request.id }, 'a management call failed');
    answerError(request, reply, answer);
  });
  app.setNotFoundHandler(() => {
    throw noSuchPath();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, id: requestId } = request;
    const path = request.url.split('?', 1)[0];
    const account = callers.get(request)?.account;
    const line = { requestId, method, path, status: reply.statusCode, user: account?.userName };
    if (method === 'GET') log.debug(line, 'management call');
    else log.info(line, 'management call');
    done();
  });

  const methods = new Map<string, Set<string>>();
  const add = (base: string, route: ControlRoute) => {
    const url = base + route.path.replace(/\{(\w+)\}/g, ':$1');
    const taken = methods.get(url) ?? new Set();
    methods.set(url, taken.add(route.method));
    app.route({
      method: route.method,
      url,
      ...(route.maxBodyBytes !== undefined && { bodyLimit: route.maxBodyBytes }),
      handler: async (request, reply) => {
        const result = await route.answer(toCall(request, callers.get(request), route));
        reply.code(route.status);
        if (route.mediaType !== undefined) reply.type(route.mediaType);
        if (result instanceof AnsweredFile) return sendFile(reply, result);
        return route.status === 204 ? reply.send() : reply.send(result);
      },
    });
  };
  for (const route of options.routes) add(PROJECT_PATH, route);
  for (const route of options.runtimeRoutes) add(RUNTIME_PATH, route);
  for (const route of identityRoutes) {
    methods.set(route.path, (methods.get(route.path) ?? new Set()).add(route.method));
    app.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => {
        const { status, headers = {}, body } = route.answer(toIdentityCall(request, callers.get(request)));
        return reply.code(status).headers(headers).send(body);
      },
    });
  }
  for (const [path, probe] of Object.entries(options.probes)) {
    methods.set(RUNTIME_PATH + path, new Set(['GET']));
    app.get(RUNTIME_PATH + path, async (_request, reply) => {
      const { status, body, mediaType = 'application/json; charset=utf-8' } = await probe();
      return reply.code(status).type(mediaType).send(body);
    });
  }
  for (const [url, taken] of methods) {
    app.route({
      method: METHODS.filter((method) => !taken.has(method)),
      url,
      handler: (_request, reply) => {
        reply.header('Allow', [...taken].join(', '));
        throw noSuchMethod();
      },
    });
  }
  return app;
}

/** Lets in who proves to be an account of the path's project, before anything else is done. */
function guard(
  app: FastifyInstance,
  { authentication, probes, identityRoutes, projectId, hostNames }: ControlServerOptions,
  callers: WeakMap<FastifyRequest, Caller>,
): void {
  const claims = new WeakMap<FastifyRequest, Claim>();
  const open = new Set([
    ...Object.keys(probes).map((path) => `GET ${RUNTIME_PATH}${path}`),
    ...identityRoutes.filter(({ isOpen }) => isOpen).map(({ method, path }) => `${method} ${path}`),
  ]);
  const ofAnyProject = new Set(identityRoutes.map(({ path }) => path));

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    if (!isOwnHost(request.headers.host, hostNames)) throw otherHost();
    if (open.has(`${request.method} ${request.routeOptions.url ?? ''}`)) {
      done();
      return;
    }
    const claim = authentication.claim(request.raw);
    if (claim === undefined) throw unauthenticated(request.url);
    claims.set(request, claim);
    done();
  });
  app.addHook('preHandler', (request, _reply, done) => {
    const claim = claims.get(request);
    if (claim === undefined) {
      done();
      return;
    }
    const account = authentication.confirm(claim, request.raw, bytesOf(request));
    if (account === undefined) throw unauthenticated(request.url);
    const own = ofAnyProject.has(request.routeOptions.url ?? '') ? account.projectId : projectId;
    const project = (request.params as { projectId?: string }).projectId ?? own;
    if (withoutDashes(project) !== withoutDashes(account.projectId)) throw otherProject(request.url, project);
    const credential = claim.by === 'token' ? 'token' : claim.accessKey.accessKey;
    callers.set(request, { account, credential });
    done();
  });
}

function sendFile(reply: FastifyReply, { name, mediaType, text }: AnsweredFile): FastifyReply {
  reply.header('Content-Disposition', `attachment; filename="${name}"`);
  return reply.type(mediaType).send(Buffer.from(text));
}

function bytesOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : NO_BYTES;
}

function toCall(
  request: FastifyRequest,
  caller: Caller | undefined,
  { readsBytes = false }: ControlRoute,
): ControlCall {
  if (caller === undefined) throw new Error('a call has no caller');
  const { id: requestId, body } = request;
  const params = Object.fromEntries(
    Object.entries(request.params as Record<string, string>).map(([name, value]) => [
      name,
      withoutDashes(value),
    ]),
  );
  const query = toQuery(request);
  const headers = firstOfEach(request.raw.rawHeaders);
  const bytes = bytesOf(request);
  return { params, query, headers, body: readsBytes ? {} : parseBody(body), bytes, ...caller, requestId };
}

/** Headers by their names in small letters; of one that comes twice, the first. */
function firstOfEach(lines: readonly string[]): Readonly<Record<string, string>> {
  // No names but those that came.
  const headers = Object.create(null) as Record<string, string>;
  for (let index = 0; index + 1 < lines.length; index += 2) {
    headers[lines[index]?.toLowerCase() ?? ''] ??= lines[index + 1] ?? '';
  }
  return headers;
}

function toIdentityCall(request: FastifyRequest, caller: Caller | undefined): IdentityCall {
  const { protocol, headers, host, body, ip: address } = request;
  const subject = headers['x-subject-token'];
  return {
    base: `${protocol}://${host}`,
    query: toQuery(request),
    body: parseBody(body),
    subject: typeof subject === 'string' ? subject : undefined,
    address,
    account: caller?.account,
  };
}

/** Of a parameter that is given twice, the first one counts. */
function toQuery(request: FastifyRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(request.query as Record<string, string | string[]>).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (value[0] ?? ''),
    ]),
  );
}

function parseBody(body: unknown): Json {
  if (!Buffer.isBuffer(body) || body.length === 0) return {};
  if (isDeeperThan(MAX_DEPTH, body))
    throw fail('bodyInvalid', { reason: `expected at most ${MAX_DEPTH} levels` });
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // The parser's message quotes the body, which may hold secrets.
    throw fail('bodyInvalid', { reason: 'expected JSON' });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw fail('bodyInvalid', { reason: 'expected a JSON object' });
}

function toApigError(error: unknown, request: FastifyRequest): ApigError {
  if (isApigError(error)) return error;
  switch (codeOf(error) ?? '') {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return bodyTooLong(request.routeOptions.bodyLimit);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return fail('bodyInvalid', { reason: 'expected as many bytes as Content-Length says' });
    default:
      return unexpected(request.url, error);
  }
}

function answerError(request: FastifyRequest, reply: FastifyReply, error: ApigError): void {
  const { code, status, message } = error;
  reply
    .code(status)
    .header('X-Request-Id', request.id)
    .send({
      // Clients of the identity service read another form.
      ...(IDENTITY_PATH.test(request.url) && keystoneError(status, message)),
      error_code: code,
      error_msg: message,
      request_id: request.id,
    });
}

/** Answers what is no HTTP request, as far as the connection still takes an answer. */
function refuseMalformed(error: Error, socket: Socket): void {
  if (codeOf(error) === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = newId();
  const body = JSON.stringify({
    error_code: 'APIG.2000',
    error_msg: 'The request is malformed.',
    request_id: requestId,
  });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nX-Request-Id: ${requestId}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
