import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { addAbortSignal, type Readable } from 'node:stream';
import axios, { isAxiosError, type AxiosResponse } from 'axios';
import type { Json } from '../wire.ts';
import { readAnswer } from './answers.ts';
import { createAuthorizer, type Caller } from './authorizer.ts';
import { nameOf, type Answered, type Exchange, type Outcome, type Unanswered } from './exchange.ts';
import { TransportError } from './failures.ts';
import { encodeId, toQuery, type Query } from './paths.ts';
import { waitBeforeRetry } from './retries.ts';
import { Slots } from './slots.ts';
import { aborted, timedOut, tooLarge, toUnanswered } from './unanswered.ts';
import { pause } from './timing.ts';

/** Where a management API is, who calls it, and the bounds of a call. */
export interface TransportOptions extends Caller {
  readonly endpoint: string;
  /** For one attempt, from connecting to the end of the answer. */
  readonly timeoutMs: number;
  /** Further attempts after the first. */
  readonly retries: number;
  readonly concurrency: number;
  readonly maxAnswerBytes: number;
  /** Changeset of which all calls of the documented API are part. */
  readonly changesetId?: string | undefined;
}

/** One call of the management API. */
export interface Call {
  readonly method: Exchange['method'];
  /** Path below the project's, or below the runtime's own, percent-encoded. */
  readonly path: string;
  /** Whether it is an operation of the runtime's own, which the cloud does not have. */
  readonly isOwn?: boolean;
  readonly query?: Query;
  readonly body?: Json;
  /** A body that is no JSON. */
  readonly form?: { readonly contentType: string; readonly bytes: Buffer };
  /** Whether doing it twice does no more than doing it once. Left out: all but POST. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Carries calls to a management API. */
export interface Transport {
  /** @throws ApigError when the gateway refuses; TransportError when there is no usable answer. */
  call(call: Call): Promise<Json>;
  /** The bytes of an answer that is a file. @throws as `call` does. */
  file(call: Call): Promise<Buffer>;
  /** Closes the connections that are kept open. */
  close(): void;
}

/** Prepares to call a management API; connects at the first call. */
export function createTransport(options: TransportOptions): Transport {
  const { retries, timing } = options;
  const base = parseEndpoint(options.endpoint);
  const root = `${base.path}/v2/${encodeId('projectId', options.projectId)}/apigw/`;
  const ownRoot = `${base.path}/runtime/v1/`;
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
    const { method, origin, target, body } = exchange;
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort();
    }, options.timeoutMs);
    const signal = AbortSignal.any([deadline.signal, ...(exchange.signal ? [exchange.signal] : [])]);
    try {
      const headers = authorize(exchange);
      const url = `${origin}${target}`;
      const response = await http.request<Readable>({ method, url, headers, data: body, signal });
      return await readBody(response, signal, options.maxAnswerBytes);
    } catch (error) {
      if (exchange.signal?.aborted === true) return aborted(exchange.signal, true);
      if (deadline.signal.aborted) return timedOut(options.timeoutMs);
      // The error itself is dropped: it holds the request, with its credentials and its body.
      return isAxiosError(error) ? toUnanswered(error.cause, error.code) : toUnanswered(error);
    } finally {
      clearTimeout(timer);
    }
  }

  function toExchange(call: Call): Exchange {
    const { method, isOwn, path, query = {}, body, form, repeatable, signal } = call;
    return {
      method,
      origin: base.origin,
      target: `${isOwn ? ownRoot : root}${path}${toQuery(query)}`,
      changesetId: isOwn ? undefined : options.changesetId,
      body: body === undefined ? form?.bytes : Buffer.from(JSON.stringify(body)),
      contentType: form?.contentType,
      repeatable: repeatable ?? method !== 'POST',
      signal,
    };
  }

  async function answerTo(exchange: Exchange): Promise<Answered> {
    let outcomeUnknown = false;
    for (let count = 1; ; count += 1) {
      const outcome = await slots.run(() =>
        exchange.signal?.aborted === true
          ? Promise.resolve(aborted(exchange.signal, false))
          : attempt(exchange),
      );
      if (!outcome.answered && outcome.sent && exchange.method !== 'GET') outcomeUnknown = true;
      const waitMs = count <= retries ? waitBeforeRetry(outcome, exchange, count, timing) : undefined;
      if (waitMs !== undefined) await pause(timing, waitMs, exchange.signal);
      else if (outcome.answered) return outcome;
      else throw toTransportError(exchange, outcome, count, outcomeUnknown);
    }
  }

  return {
    async call(call) {
      const exchange = toExchange(call);
      return readAnswer(exchange, await answerTo(exchange));
    },
    async file(call) {
      const exchange = toExchange(call);
      const answer = await answerTo(exchange);
      if (answer.status !== 200) readAnswer(exchange, answer);
      return answer.body;
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

function toTransportError(
  exchange: Exchange,
  { code, reason, cause }: Unanswered,
  attempts: number,
  outcomeUnknown: boolean,
): TransportError {
  const times = attempts === 1 ? '' : ` after ${attempts} attempts`;
  return new TransportError({
    code,
    message: `${nameOf(exchange)} failed${times}: ${reason}`,
    outcomeUnknown,
    cause,
  });
}
