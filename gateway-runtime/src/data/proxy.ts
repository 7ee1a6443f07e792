import { fail, isApigError, type ApigError } from '@apig/sdk/contract';
import { codeOf } from '../startup-error.ts';
import { holdBody } from './body.ts';
import { CallerGone, type Call, type RequestBody, type Upstream } from './call.ts';
import { BackendTimeout, Exchange, type BackendReply } from './exchange.ts';
import { HELD_BODY_BYTES, MAX_HOPS } from './limits.ts';
import { hopsOf } from './mapping.ts';
import type { Outbound } from './outbound.ts';
import type { Services } from './services.ts';

/** Methods that may be sent again unless an API says otherwise. Source: API reference, "Creating an API" (retry_count). */
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE']);

/** Codes of failed name resolution. */
const UNRESOLVED: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'ENODATA',
]);

/** Codes of time-outs below HTTP. */
const TIMED_OUT: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

/**
 * Sends a request to its backend, again where that is allowed, and returns the answer as soon as its head is there.
 *
 * An attempt ends when the head of an answer has not come within the backend's timeout, counted from the attempt's
 * start and anew with each piece of body that the caller sends. What failed before the head of an answer (no
 * connection, a broken one, time-out) may be tried again; a status never. A body that streams can be sent once:
 * after its first byte there is no further attempt. Each attempt is signed anew.
 *
 * Source: user guide, "Creating an API" (timeout, retries); "Error Codes".
 *
 * @throws `apiCallsItself`, `backendTimeout`, `backendUnavailable`, `backendNameUnresolved`, `backendSigningFailed`,
 *   and what reading the caller's body throws
 */
export async function proxy(outbound: Outbound, call: Call, services: Services): Promise<BackendReply> {
  if (hopsOf(call) >= MAX_HOPS) throw fail('apiCallsItself');
  const { backend, method, target } = outbound;
  const body = await prepareBody(outbound.body, call);
  const upstream: Upstream = {
    origin: backend.origin,
    target,
    attempts: 0,
    status: undefined,
    latencyMs: undefined,
    failure: undefined,
  };
  call.upstream = upstream;
  for (;;) {
    upstream.attempts += 1;
    try {
      return await attempt(outbound, body, call, services);
    } catch (error) {
      const failure = toBackendError(error, call);
      const mayRepeat = isBackendFailure(failure) && (!(body instanceof StreamedBody) || !body.isStarted);
      if (!mayRepeat || upstream.attempts > retriesOf(backend.retryCount, method)) throw failure;
    }
  }
}

function attempt(
  { backend, method, target, host, lines, signer }: Outbound,
  body: Uint8Array | StreamedBody | undefined,
  call: Call,
  { origins, clock, unreadMs }: Services,
): Promise<BackendReply> {
  const isStreamed = body instanceof StreamedBody;
  const head = ['Host', host, ...lines];
  if (signer !== undefined) {
    head.push(
      ...signer.sign(
        { method, target, host, body: isStreamed ? undefined : (body ?? NO_BYTES) },
        clock.now(),
      ),
    );
  }
  if (isStreamed && body.length !== undefined) head.push('Content-Length', String(body.length));
  const exchange = new Exchange(call, backend.timeoutMs, unreadMs);
  if (isStreamed) body.onChunk = () => exchange.refresh();
  return exchange.run(origins.pool(backend.origin), {
    path: target,
    method,
    headers: head,
    body: body ?? null,
  });
}

const NO_BYTES = new Uint8Array(0);

/** Small bodies are read whole: they leave in one write, can be signed and be sent again. Others stream. */
async function prepareBody(
  body: Outbound['body'],
  call: Call,
): Promise<Uint8Array | StreamedBody | undefined> {
  if (body === undefined || body instanceof Uint8Array) return body;
  if (body.length !== undefined && body.length <= HELD_BODY_BYTES) return holdBody(call);
  return new StreamedBody(body);
}

/** A body on its way through, which knows whether any of it is gone. */
class StreamedBody implements AsyncIterable<Uint8Array> {
  readonly length: number | undefined;
  isStarted = false;
  onChunk: (() => void) | undefined;
  readonly #body: RequestBody;

  constructor(body: RequestBody) {
    this.length = body.length;
    this.#body = body;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.isStarted = true;
    for await (const chunk of this.#body) {
      this.onChunk?.();
      yield chunk;
    }
  }
}

/** Further attempts that an API allows for a method. */
export function retriesOf(retryCount: number, method: string): number {
  return retryCount >= 0 ? retryCount : REPEATABLE.has(method) ? 1 : 0;
}

/** Whether a backend failed in a way that another attempt may mend. */
export function isBackendFailure(failure: unknown): boolean {
  return (
    isApigError(failure) &&
    (failure.name === 'backendTimeout' ||
      failure.name === 'backendUnavailable' ||
      failure.name === 'backendNameUnresolved')
  );
}

/** What a failed attempt means to the caller. */
export function toBackendError(error: unknown, call: Call): ApigError | CallerGone {
  if (isApigError(error) || error instanceof CallerGone) return error;
  const code = codeOf(error) ?? 'unknown';
  if (call.upstream !== undefined) call.upstream.failure = error instanceof BackendTimeout ? 'timeout' : code;
  if (error instanceof BackendTimeout || TIMED_OUT.has(code))
    return fail('backendTimeout', {}, { cause: error });
  if (UNRESOLVED.has(code)) return fail('backendNameUnresolved', {}, { cause: error });
  // The request was not even begun: the fault is ours.
  if (code === 'UND_ERR_INVALID_ARG') return fail('internal', {}, { cause: error });
  return fail('backendUnavailable', {}, { cause: error });
}
