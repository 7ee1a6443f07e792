import { CallerGone, type Call, type Reply } from './call.ts';
import { returnedFields } from './forwarded-lines.ts';
import type { Answer } from './http1/answer.ts';
import { shapedFields } from './reply-head.ts';
import type { ResponseHead } from './http1/response-head.ts';
import type { UpstreamFailure } from './http1/upstream-failure.ts';
import type { UpstreamPool } from './http1/upstream-pool.ts';
import type { UpstreamHandler, UpstreamRequest } from './http1/upstream-request.ts';

/** The head of a backend's answer; the body follows on demand. */
export interface BackendReply {
  readonly status: number;
  readonly hasCors: boolean;
  /** Sends the answer, with further lines in its head, to the caller, at the caller's pace. */
  sendTo(reply: Reply, fields: string): Promise<void>;
}

/**
 * One request to a backend and its answer.
 *
 * Small answers, which arrive with their head, leave in one write; others are passed on piece by piece. While the
 * caller does not read, the backend's connection is not read either. Each silence of the backend is bounded by its
 * timeout, each silence of the caller by a time of the gateway.
 */
export class Exchange implements UpstreamHandler, BackendReply {
  status = 0;
  readonly #call: Call;
  readonly #request: UpstreamRequest;
  readonly #sentAt = performance.now();
  #answer: Answer | undefined;
  #settle: { resolve(reply: BackendReply): void; reject(error: Error): void } | undefined;

  constructor(call: Call, request: UpstreamRequest) {
    this.#call = call;
    this.#request = request;
  }

  get hasCors(): boolean {
    const head = this.#answer?.head;
    if (head === undefined) return false;
    for (let index = 0; index < head.count; index += 1) {
      if (head.nameStartsWith(index, 'access-control-')) return true;
    }
    return false;
  }

  /** Sends the request; resolves with the head of the answer. */
  run(pool: UpstreamPool): Promise<BackendReply> {
    return new Promise((resolve, reject) => {
      const { reply } = this.#call;
      if (reply.isGone) {
        reject(new CallerGone());
        return;
      }
      this.#settle = { resolve, reject };
      // A failure within this call leaves nothing to cancel.
      const sent = pool.send(this.#request, this);
      reply.onGone = () => {
        sent.cancel();
        this.onFailure(new CallerGone());
      };
    });
  }

  sendTo(reply: Reply, fields: string): Promise<void> {
    const answer = this.#answer;
    if (answer === undefined) return Promise.reject(new Error('there is no answer'));
    const own = shapedFields(this.#call, returnedFields(answer.head));
    return reply.pass(answer, own + fields, this.#request.gapMs);
  }

  onAnswer(answer: Answer): void {
    const { upstream, reply } = this.#call;
    this.#answer = answer;
    this.status = answer.head.status;
    reply.onGone = () => answer.cancel();
    if (upstream !== undefined) {
      upstream.status = this.status;
      upstream.latencyMs = performance.now() - this.#sentAt;
    }
    this.#settle?.resolve(this);
    this.#settle = undefined;
  }

  onFailure(failure: UpstreamFailure | CallerGone): void {
    this.#call.reply.onGone = undefined;
    this.#settle?.reject(failure);
    this.#settle = undefined;
  }

  onInterim(head: ResponseHead): void {
    this.#call.reply.inform(head.status, returnedFields(head));
  }
}
