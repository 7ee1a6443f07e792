import { fail } from '@apig/sdk/contract';
import { isBackendFailure, toBackendError } from './backend-failure.ts';
import { holdBody } from './body.ts';
import { CallerGone, type Call, type RequestBody, type Upstream } from './call.ts';
import { originOf, type Member } from './channel.ts';
import { endCall } from './end-call.ts';
import { noteRequest } from './explain/note-request.ts';
import { toFields } from './fields.ts';
import { returnedFields } from './forwarded-lines.ts';
import type { Answer } from './http1/answer.ts';
import type { ResponseHead } from './http1/response-head.ts';
import { turnTime } from './http1/turn.ts';
import { UpstreamFailure } from './http1/upstream-failure.ts';
import type { UpstreamCall, UpstreamHandler } from './http1/upstream-request.ts';
import { HELD_BODY_BYTES, MAX_HOPS } from './limits.ts';
import { hopsOf } from './mapping.ts';
import type { Outbound } from './outbound.ts';
import { passOn } from './pass-on.ts';
import type { Tap } from './plugins/tap.ts';
import type { Services } from './services.ts';

/** Methods that may be sent again unless an API says otherwise. Source: API reference, "Creating an API" (retry_count). */
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE']);

/** What a request target may hold; a blank in it would end it. */
const TARGET = /^[\x21-\x7e]+$/;

const NO_BYTES = new Uint8Array(0);

/**
 * Sends a call to its backend, passes the answer on, and ends the call.
 *
 * @throws `apiCallsItself`
 */
export function forward(outbound: Outbound, call: Call, services: Services): void {
  call.stage = 'backend';
  if (hopsOf(call) >= MAX_HOPS) throw fail('apiCallsItself');
  if (call.trial !== undefined) {
    noteRequest(outbound, call, services, call.trial);
    return;
  }
  const forwarding = new Forwarding(outbound, call, services);
  call.upstream = forwarding;
  forwarding.start();
}

/** The same with a look at the answer. @throws `apiCallsItself` */
export function forwardTapped(outbound: Outbound, call: Call, services: Services, tap: Tap): void {
  call.stage = 'backend';
  if (hopsOf(call) >= MAX_HOPS) throw fail('apiCallsItself');
  const forwarding = new TappedForwarding(outbound, call, services, tap);
  call.upstream = forwarding;
  forwarding.start();
}

/**
 * A call on its way to its backend and back.
 *
 * An attempt ends when the head of an answer has not come within the backend's timeout, counted from the attempt's
 * start and anew with each piece of body that the caller sends. What failed before the head of an answer (no
 * connection, a broken one, time-out) may be tried again; a status never. A body that streams can be sent once:
 * after its first byte there is no further attempt. Each attempt is signed anew.
 *
 * Of a channel each attempt has another member; the call fails for good when no member is left. A failed attempt marks
 * nobody: that is what health checks are for.
 *
 * Small answers, which arrive with their head, leave in one write; others are passed on piece by piece. While the
 * caller does not read, the backend's connection is not read either. Each silence of the backend is bounded by its
 * timeout, each silence of the caller by a time of the gateway.
 *
 * Source: user guide, "Creating an API" (timeout, retries, load balance channels); "Error Codes".
 */
class Forwarding implements UpstreamHandler, Upstream {
  origin: string;
  attempts = 0;
  status: number | undefined;
  latencyMs: number | undefined;
  failure: string | undefined;
  readonly #outbound: Outbound;
  readonly #call: Call;
  readonly #services: Services;
  /** A body that is here whole leaves with the head, can be signed and be sent again. */
  #body: Buffer | RequestBody | undefined;
  /** Members that have had the call. */
  #tried: Set<Member> | undefined;
  #lastFailure: Error | undefined;
  #sent: UpstreamCall | undefined;
  #sentAt = 0;
  #isOver = false;

  constructor(outbound: Outbound, call: Call, services: Services) {
    this.#outbound = outbound;
    this.#call = call;
    this.#services = services;
    this.#body = outbound.body;
    this.origin = outbound.backend.origin;
  }

  get target(): string {
    return this.#outbound.target;
  }

  start(): void {
    const held = isToBeHeld(this.#body) ? holdBody(this.#call) : undefined;
    if (!(held instanceof Promise)) {
      this.#body = held ?? this.#body;
      this.#attempt();
      return;
    }
    held.then(
      (body) => {
        this.#body = body;
        this.#attempt();
      },
      (error: unknown) => this.#end(toBackendError(error)),
    );
  }

  onAnswer(answer: Answer): void {
    const call = this.#call;
    const { reply } = call;
    const { head } = answer;
    this.latencyMs = turnTime() - this.#sentAt;
    this.status = head.status;
    call.status = head.status;
    reply.onGone = answer.isComplete ? undefined : () => answer.cancel();
    try {
      const passing = passOn(call, answer, returnedFields(head), this.#outbound.backend.timeoutMs);
      if (passing === undefined) this.#end(undefined);
      else {
        passing.then(
          () => this.#end(undefined),
          (error: unknown) => this.#end(this.#errorOf(error)),
        );
      }
    } catch (error) {
      answer.cancel();
      this.#end(error);
    }
  }

  onInterim(head: ResponseHead): void {
    this.#call.reply.inform(head.status, returnedFields(head));
  }

  onFailure(failure: UpstreamFailure | CallerGone): void {
    const call = this.#call;
    call.reply.onGone = undefined;
    const error = this.#errorOf(failure);
    if (this.#mayRepeat(error)) {
      this.#lastFailure = error;
      this.#attempt();
    } else this.#end(error);
  }

  #attempt(): void {
    try {
      if (this.#outbound.backend.channel !== undefined) this.#takeMember();
      this.attempts += 1;
      this.#send();
    } catch (error) {
      this.#end(error);
    }
  }

  /** Has another member of the channel take the call. @throws `noUsableMember`, or why the last one did not answer */
  #takeMember(): void {
    const call = this.#call;
    const { channel: use } = this.#outbound.backend;
    if (use === undefined) return;
    this.#tried ??= new Set();
    call.lease?.end();
    call.lease = use.channel.take({ address: call.client.text, path: call.path }, this.#tried);
    if (call.lease === undefined) throw this.#lastFailure ?? fail('noUsableMember');
    const { member } = call.lease;
    this.#tried.add(member);
    this.origin = originOf(member, use.protocol);
    this.failure = undefined;
  }

  #send(): void {
    const call = this.#call;
    const { origins, clock } = this.#services;
    const { backend, method, target, host, fields, signer } = this.#outbound;
    const body = this.#body;
    const isHeld = body === undefined || body instanceof Uint8Array;
    if (!TARGET.test(target)) throw fail('internal', {}, { cause: new Error('a path is no request target') });
    let head = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields}`;
    if (signer !== undefined) {
      const parts = { method, target, host, body: isHeld ? (body ?? NO_BYTES) : undefined };
      head += toFields(signer.sign(parts, clock.now()));
    }
    const { reply } = call;
    if (reply.isGone) throw new CallerGone();
    this.#sent = undefined;
    reply.onGone = () => {
      this.#sent?.cancel();
      this.#end(new CallerGone());
    };
    const attempt = this.attempts;
    this.#sentAt = turnTime();
    const sent = origins.pool.send(
      {
        origin: origins.find(this.origin, backend.certificate),
        method,
        head,
        body: isHeld ? body : body.incoming,
        upgrade: call.upgrade,
        headMs: backend.timeoutMs,
        gapMs: backend.timeoutMs,
      },
      this,
    );
    // A failure within this call may have led to another attempt.
    if (this.attempts === attempt) this.#sent = sent;
  }

  #mayRepeat(error: Error): boolean {
    const { backend, method } = this.#outbound;
    const body = this.#body;
    const isSpent = body !== undefined && !(body instanceof Uint8Array) && body.isStarted;
    return isBackendFailure(error) && !isSpent && this.attempts <= retriesOf(backend.retryCount, method);
  }

  #errorOf(error: unknown): Error {
    if (error instanceof UpstreamFailure && error.bodyFailure === undefined)
      this.failure = error.kind === 'timedOut' ? 'timeout' : (error.code ?? error.kind);
    return toBackendError(error);
  }

  #end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#call.reply.onGone = undefined;
    endCall(this.#call, this.#services, error);
  }
}

/** Has every answer looked at on its way: a class of its own, so that the usual way does not ask. */
class TappedForwarding extends Forwarding {
  readonly #tap: Tap;

  constructor(outbound: Outbound, call: Call, services: Services, tap: Tap) {
    super(outbound, call, services);
    this.#tap = tap;
  }

  override onAnswer(answer: Answer): void {
    super.onAnswer(answer.head.status === 101 ? answer : this.#tap(answer));
  }
}

function isToBeHeld(body: Outbound['body']): boolean {
  if (body === undefined || body instanceof Uint8Array) return false;
  return body.length !== undefined && body.length <= HELD_BODY_BYTES;
}

/** Further attempts that an API allows for a method. */
function retriesOf(retryCount: number, method: string): number {
  return retryCount >= 0 ? retryCount : REPEATABLE.has(method) ? 1 : 0;
}
