import type { Answer } from './answer.ts';
import type { HeadLimits } from './head-parser.ts';
import { IncomingBody } from './incoming-body.ts';
import { isIdempotent } from './methods.ts';
import { Origin, type OriginOptions } from './origin.ts';
import type { ResponseHead } from './response-head.ts';
import { Sweep } from './sweep.ts';
import { UpstreamConnection, type ConnectionPool } from './upstream-connection.ts';
import type { UpstreamFailure } from './upstream-failure.ts';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from './upstream-request.ts';

/** How connections to upstreams are kept. */
export interface PoolOptions {
  readonly limits: HeadLimits;
  /** How long a free connection is kept, in milliseconds. */
  readonly idleMs: number;
  /** Free connections that are kept for each origin. */
  readonly maxIdle: number;
}

/** How often deadlines of upstreams are looked at: this is how exact their time-outs are. */
const TICK_MS = 20;

/** Sends requests to upstreams over connections that are kept and used again. */
export class UpstreamPool implements ConnectionPool {
  readonly sweep = new Sweep(TICK_MS);
  readonly limits: HeadLimits;
  readonly idleMs: number;
  readonly #maxIdle: number;
  readonly #connections = new Set<UpstreamConnection>();

  constructor({ limits, idleMs, maxIdle }: PoolOptions) {
    this.limits = limits;
    this.idleMs = idleMs;
    this.#maxIdle = maxIdle;
  }

  /** Number of open connections, busy and free. */
  get connections(): number {
    return this.#connections.size;
  }

  /** An origin, to be made once and kept by whoever sends requests to it. */
  origin(options: OriginOptions): Origin {
    return new Origin(options);
  }

  /** Keeps no connections of an origin any more; those that are busy finish what they do. */
  retire(origin: Origin): void {
    origin.isRetired = true;
    for (const connection of [...origin.idle]) connection.cancel();
  }

  /**
   * Sends a request.
   *
   * It is sent a second time, over a new connection, only when the first one was a kept one that broke before any
   * byte of an answer, the method is idempotent, and the body is still here: an upstream may close a connection that
   * it thinks idle while a request is on its way. Source: RFC 9112, section 9.3.1.
   */
  send(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall {
    const attempt = new Attempt(request, handler, this);
    attempt.start(request.origin.idle.pop());
    return attempt;
  }

  /** Number of open connections. */
  get size(): number {
    return this.#connections.size;
  }

  /** Opens a connection. */
  open(origin: Origin): UpstreamConnection {
    const connection = new UpstreamConnection(origin, this);
    this.#connections.add(connection);
    return connection;
  }

  release(connection: UpstreamConnection): boolean {
    const { origin } = connection;
    if (origin.isRetired || origin.idle.length >= this.#maxIdle) return false;
    origin.idle.push(connection);
    return true;
  }

  remove(connection: UpstreamConnection): void {
    this.#connections.delete(connection);
    const { idle } = connection.origin;
    const index = idle.lastIndexOf(connection);
    if (index >= 0) idle.splice(index, 1);
  }

  /** Ends all connections. */
  destroy(): void {
    for (const connection of [...this.#connections]) connection.cancel();
  }
}

/** A request on its way over one connection, or a second one. */
class Attempt implements UpstreamHandler, UpstreamCall {
  readonly #request: UpstreamRequest;
  readonly #handler: UpstreamHandler;
  readonly #pool: UpstreamPool;
  #connection: UpstreamConnection | undefined;
  #answer: Answer | undefined;

  constructor(request: UpstreamRequest, handler: UpstreamHandler, pool: UpstreamPool) {
    this.#request = withWholeBody(request);
    this.#handler = handler;
    this.#pool = pool;
  }

  start(kept: UpstreamConnection | undefined): void {
    const connection = kept ?? this.#pool.open(this.#request.origin);
    this.#connection = connection;
    connection.send(this.#request, this);
  }

  cancel(): void {
    // With the answer's end the connection may serve somebody else; the answer knows.
    if (this.#answer === undefined) this.#connection?.cancel();
    else this.#answer.cancel();
    this.#connection = undefined;
  }

  onAnswer(answer: Answer): void {
    this.#answer = answer;
    this.#handler.onAnswer(answer);
  }

  onInterim(head: ResponseHead): void {
    this.#handler.onInterim?.(head);
  }

  onFailure(failure: UpstreamFailure): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (
      failure.kind === 'broken' &&
      connection?.isReused === true &&
      !connection.hasAnswered &&
      this.#isRepeatable()
    ) {
      this.start(undefined);
    } else this.#handler.onFailure(failure);
  }

  #isRepeatable(): boolean {
    const { method, body } = this.#request;
    return isIdempotent(method) && !(body instanceof IncomingBody && body.isRead);
  }
}

/** A body that is here whole can leave in one write with the head, and be sent again. */
function withWholeBody(request: UpstreamRequest): UpstreamRequest {
  if (!(request.body instanceof IncomingBody)) return request;
  const body = request.body.takeWhole();
  return body === undefined ? request : { ...request, body };
}
