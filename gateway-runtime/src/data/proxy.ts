import { fail, isApigError, type ApigError } from '@apig/sdk/contract';
import { holdBody } from './body.ts';
import { CallerGone, type Call, type RequestBody, type Upstream } from './call.ts';
import { toBodyError } from './caller-body.ts';
import { Exchange, type BackendReply } from './exchange.ts';
import { toFields } from './fields.ts';
import { UpstreamFailure } from './http1/upstream-failure.ts';
import { HELD_BODY_BYTES, MAX_HOPS } from './limits.ts';
import { hopsOf } from './mapping.ts';
import type { Outbound } from './outbound.ts';
import type { Services } from './services.ts';

/** Methods that may be sent again unless an API says otherwise. Source: API reference, "Creating an API" (retry_count). */
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE']);

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
  // Small bodies are read whole: they leave in one write, can be signed and be sent again. Others stream.
  const body = isToBeHeld(outbound.body) ? await holdBody(call) : outbound.body;
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
      const isSpent = body !== undefined && !(body instanceof Uint8Array) && body.isStarted;
      const mayRepeat = isBackendFailure(failure) && !isSpent;
      if (!mayRepeat || upstream.attempts > retriesOf(backend.retryCount, method)) throw failure;
    }
  }
}

function attempt(
  { backend, method, target, host, fields, signer }: Outbound,
  body: Buffer | RequestBody | undefined,
  call: Call,
  { origins, clock }: Services,
): Promise<BackendReply> {
  const held = body === undefined || body instanceof Uint8Array ? body : undefined;
  const isStreamed = held !== body;
  if (!TARGET.test(target)) throw fail('internal', {}, { cause: new Error('a path is no request target') });
  const signature = signer?.sign(
    { method, target, host, body: isStreamed ? undefined : (held ?? NO_BYTES) },
    clock.now(),
  );
  const exchange = new Exchange(call, {
    origin: origins.find(backend.origin),
    method,
    head: `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields}${signature === undefined ? '' : toFields(signature)}`,
    body: body === undefined || body instanceof Uint8Array ? body : body.incoming,
    ...(call.upgrade !== undefined && { upgrade: call.upgrade }),
    headMs: backend.timeoutMs,
    gapMs: backend.timeoutMs,
  });
  return exchange.run(origins.pool);
}

const NO_BYTES = new Uint8Array(0);

/** What a request target may hold; a blank in it would end it. */
const TARGET = /^[\x21-\x7e]+$/;

function isToBeHeld(body: Outbound['body']): boolean {
  if (body === undefined || body instanceof Uint8Array) return false;
  return body.length !== undefined && body.length <= HELD_BODY_BYTES;
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
  if (!(error instanceof UpstreamFailure)) return fail('internal', {}, { cause: error });
  const { kind, code, bodyFailure } = error;
  if (bodyFailure !== undefined) return toBodyError(bodyFailure);
  if (call.upstream !== undefined) call.upstream.failure = kind === 'timedOut' ? 'timeout' : (code ?? kind);
  if (kind === 'timedOut') return fail('backendTimeout', {}, { cause: error });
  if (kind === 'nameUnresolved') return fail('backendNameUnresolved', {}, { cause: error });
  return fail('backendUnavailable', {}, { cause: error });
}
