import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { addAbortSignal, type Readable } from 'node:stream';
import axios, { isAxiosError, type AxiosResponse } from 'axios';
import { createSigningKey, sign } from '../signer/index.ts';
import type { Json } from '../wire.ts';
import { readAnswer } from './answers.ts';
import type { Answered, Exchange, Outcome, Unanswered } from './exchange.ts';
import { TransportError } from './failures.ts';
import { toQuery, type Query } from './paths.ts';
import { waitBeforeRetry } from './retries.ts';
import { Slots } from './slots.ts';
import { pause, type Timing } from './timing.ts';

/** Where a management API is, who calls it, and the bounds of a call. */
export interface TransportOptions {
  readonly endpoint: string;
  readonly projectId: string;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly token?: string | undefined;
  /** For one attempt, from connecting to the end of the answer. */
  readonly timeoutMs: number;
  /** Further attempts after the first. */
  readonly retries: number;
  readonly concurrency: number;
  readonly maxAnswerBytes: number;
  readonly timing: Timing;
}

/** One call of the management API. */
export interface Call {
  readonly method: Exchange['method'];
  /** Path below the project's, percent-encoded. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: Json;
  /** Whether doing it twice does no more than doing it once. Left out: all but POST. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Carries calls to a management API. */
export interface Transport {
  /** @throws ApigError when the gateway refuses; TransportError when there is no usable answer. */
  call(call: Call): Promise<Json>;
  /** Closes the connections that are kept open. */
  close(): void;
}

/** Failures before a request is sent. Those of TLS do not pass by themselves. */
const CONNECTING = new Set(['connect', 'getaddrinfo']);
const TLS = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Prepares to call a management API; connects at the first call. */
export function createTransport(options: TransportOptions): Transport {
  const { retries, timing } = options;
  const base = parseEndpoint(options.endpoint);
  const root = `${base.path}/v2/${encodeURIComponent(options.projectId)}/apigw/`;
  const authorize = createAuthorizer(options, base.host);
  const slots = new Slots(options.concurrency);
  const pool = { keepAlive: true, maxSockets: options.concurrency };
  const agents = { httpAgent: new HttpAgent(pool), httpsAgent: new HttpsAgent(pool) };
  const http = axios.create({
    ...agents,
    adapter: 'http',
    // The environment's proxy settings are for browsing; a management API is reached directly.
    proxy: false,
    // A redirect would carry the credentials to wherever an answer says.
    maxRedirects: 0,
    // Nothing is unpacked, so that a small answer cannot become a large one.
    decompress: false,
    responseType: 'stream',
    transformRequest: [],
    transformResponse: [],
    validateStatus: () => true,
  });

  async function attempt(exchange: Exchange): Promise<Outcome> {
    const { method, target, body } = exchange;
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort();
    }, options.timeoutMs);
    const signal = AbortSignal.any([deadline.signal, ...(exchange.signal ? [exchange.signal] : [])]);
    try {
      const headers = authorize(exchange);
      const url = `${base.origin}${target}`;
      const response = await http.request<Readable>({ method, url, headers, data: body, signal });
      return await readBody(response, signal, options.maxAnswerBytes);
    } catch (error) {
      if (exchange.signal?.aborted === true) return aborted(exchange.signal, true);
      if (deadline.signal.aborted) return timedOut(options.timeoutMs);
      return toUnanswered(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async call(call) {
      const { method } = call;
      const exchange: Exchange = {
        method,
        target: `${root}${call.path}${toQuery(call.query ?? {})}`,
        body: call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body)),
        repeatable: call.repeatable ?? method !== 'POST',
        signal: call.signal,
      };
      let outcomeUnknown = false;
      for (let count = 1; ; count += 1) {
        const outcome = await slots.run(() =>
          exchange.signal?.aborted === true
            ? Promise.resolve(aborted(exchange.signal, false))
            : attempt(exchange),
        );
        if (!outcome.answered && outcome.sent && method !== 'GET') outcomeUnknown = true;
        const waitMs = count <= retries ? waitBeforeRetry(outcome, exchange, count, timing) : undefined;
        if (waitMs !== undefined) await pause(timing, waitMs, exchange.signal);
        else if (outcome.answered) return readAnswer(exchange, outcome);
        else throw toTransportError(exchange, outcome, count, outcomeUnknown);
      }
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

function parseEndpoint(endpoint: string): { origin: string; host: string; path: string } {
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('endpoint: expected a URL such as https://apig.example.com');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('endpoint: expected a URL without user, password, query and fragment');
  }
  return { origin: url.origin, host: url.host, path: url.pathname.replace(/\/+$/, '') };
}

type Authorizer = (exchange: Exchange) => Record<string, string>;

/** How a request says who sends it. Source: API reference, "Authentication": a token, or an AK/SK signature. */
function createAuthorizer(options: TransportOptions, host: string): Authorizer {
  const { accessKey, secretKey, token, projectId, timing } = options;
  const common = {
    Host: host,
    Accept: 'application/json',
    'Accept-Encoding': 'identity',
    'User-Agent': 'apig-sdk',
  };
  const typed = ({ body }: Exchange) => (body ? { 'Content-Type': 'application/json' } : {});
  if (accessKey !== undefined && secretKey !== undefined) {
    const secret = createSigningKey(secretKey);
    return (exchange) => {
      const signed = { Host: host, 'X-Project-Id': projectId, ...typed(exchange) };
      const { method, target, body } = exchange;
      const date = new Date(timing.now());
      return {
        ...common,
        ...signed,
        ...sign({ method, target, headers: signed, body, accessKey, secret, date }),
      };
    };
  }
  if (token === undefined) throw new TypeError('expected accessKey and secretKey, or token');
  return (exchange) => ({ ...common, ...typed(exchange), 'X-Auth-Token': token });
}

async function readBody(
  response: AxiosResponse<Readable>,
  signal: AbortSignal,
  maxBytes: number,
): Promise<Outcome> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, response.data)) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    // Leaving the loop closes the connection.
    if (size > maxBytes) return tooLarge(maxBytes);
    chunks.push(bytes);
  }
  const headers = response.headers;
  return {
    answered: true,
    status: response.status,
    header: (name) => {
      const value: unknown = headers[name];
      return typeof value === 'string' ? value : undefined;
    },
    body: Buffer.concat(chunks, size),
  } satisfies Answered;
}

function tooLarge(maxBytes: number): Unanswered {
  const reason = `answer of more than ${maxBytes} bytes`;
  return { answered: false, code: 'ANSWER_TOO_LARGE', reason, sent: true, passing: false, cause: undefined };
}

function timedOut(timeoutMs: number): Unanswered {
  const reason = `no answer within ${timeoutMs} ms`;
  return { answered: false, code: 'TIMEOUT', reason, sent: true, passing: true, cause: undefined };
}

function aborted(signal: AbortSignal | undefined, sent: boolean): Unanswered {
  const cause: unknown = signal?.reason;
  return { answered: false, code: 'ABORTED', reason: 'aborted by the caller', sent, passing: false, cause };
}

/** The failure below an axios error. The error itself is dropped: it holds the request, with its credentials and body. */
function toUnanswered(error: unknown): Unanswered {
  const cause: unknown = isAxiosError(error) ? error.cause : error;
  const code = codeOf(cause) ?? (isAxiosError(error) ? error.code : undefined) ?? 'FAILED';
  const failures: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const connecting = failures.every((each) => CONNECTING.has(textOf(each, 'syscall') ?? ''));
  const tls = TLS.test(code);
  const reason = failures.map((each) => textOf(each, 'message') ?? code).join('; ');
  return { answered: false, code, reason, sent: !connecting && !tls, passing: !tls, cause };
}

function codeOf(error: unknown): string | undefined {
  return textOf(error, 'code');
}

function textOf(error: unknown, key: string): string | undefined {
  const value: unknown =
    typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function toTransportError(
  { method, target }: Exchange,
  { code, reason, cause }: Unanswered,
  attempts: number,
  outcomeUnknown: boolean,
): TransportError {
  const times = attempts === 1 ? '' : ` after ${attempts} attempts`;
  const path = target.split('?', 1)[0] ?? '';
  return new TransportError({
    code,
    message: `${method} ${path} failed${times}: ${reason}`,
    outcomeUnknown,
    cause,
  });
}
