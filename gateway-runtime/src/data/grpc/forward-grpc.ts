import {
  constants,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { fail, isApigError } from '@apig/sdk/contract';
import { toBackendError } from '../backend-failure.ts';
import type { HttpBackend } from '../backend-policy.ts';
import { CallerGone, type Call, type Upstream } from '../call.ts';
import { originOf } from '../channel.ts';
import { endCall } from '../end-call.ts';
import { noteRequest } from '../explain/note-request.ts';
import { fromFields } from '../fields.ts';
import { NOT_RETURNABLE } from '../forwarded-lines.ts';
import { UpstreamFailure } from '../http1/upstream-failure.ts';
import type { BodyFailure, BodyReader } from '../http1/incoming-body.ts';
import { toHeaders } from '../http2/response-headers.ts';
import { StreamReply } from '../http2/stream-reply.ts';
import { MAX_HOPS } from '../limits.ts';
import { hopsOf, mapRequest } from '../mapping.ts';
import type { Outbound } from '../outbound.ts';
import { gatewayHead, shapedLines } from '../reply-head.ts';
import type { Services } from '../services.ts';
import type { Plan } from '../snapshot.ts';
import type { BackendStream } from './backend-sessions.ts';
import { deadlineOf } from './deadline.ts';
import { grpcStatus } from './status.ts';

/**
 * Passes a call of a gRPC method on, and its answer back: messages in both directions as they come, and the status at
 * the end. The path is the name of the method and stays as it is.
 *
 * The head of the answer must come within the backend's timeout, counted anew with each message of the caller, and
 * within the time that the caller gives the whole call. After it both sides may be silent for as long as they like, as
 * streams of messages do. There is no second attempt: nobody knows what a method has done.
 *
 * Sources: "gRPC over HTTP2"; user guide, "Creating a gRPC API".
 *
 * @throws `apiCallsItself`, `noUsableMember`
 */
export function forwardGrpc(call: Call, plan: Plan, backend: HttpBackend, services: Services): void {
  const { reply, body } = call;
  if (hopsOf(call) >= MAX_HOPS) throw fail('apiCallsItself');
  const mapped = mapRequest(call, plan, backend, [], undefined, call.nowMs);
  const outbound = { ...mapped, target: call.rawPath };
  call.stage = 'backend';
  if (call.trial !== undefined) {
    noteRequest(outbound, call, services, call.trial);
    return;
  }
  if (!(reply instanceof StreamReply)) throw fail('protocolNotSupported', { protocols: 'grpcs' });
  const forwarding = new GrpcForwarding(outbound, call, reply, services);
  if (body !== undefined) body.incoming.isTimed = false;
  call.upstream = forwarding;
  forwarding.start();
}

class GrpcForwarding implements BodyReader, Upstream {
  origin: string;
  attempts = 0;
  status: number | undefined;
  latencyMs: number | undefined;
  failure: string | undefined;
  readonly #outbound: Outbound;
  readonly #call: Call;
  readonly #reply: StreamReply;
  readonly #services: Services;
  readonly #sentAt = performance.now();
  #backend: BackendStream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #trailers: OutgoingHttpHeaders = {};
  #isOver = false;

  constructor(outbound: Outbound, call: Call, reply: StreamReply, services: Services) {
    this.#outbound = outbound;
    this.#call = call;
    this.#reply = reply;
    this.#services = services;
    this.origin = outbound.backend.origin;
  }

  get target(): string {
    return this.#outbound.target;
  }

  start(): void {
    const call = this.#call;
    const { channel } = this.#outbound.backend;
    if (channel !== undefined) {
      call.lease = channel.channel.take({ address: call.client.text, path: call.path }, new Set());
      if (call.lease === undefined) throw fail('noUsableMember');
      this.origin = originOf(call.lease.member, channel.protocol);
    }
    this.attempts = 1;
    const backend = this.#services.origins.grpc.open(
      this.origin,
      this.#head(),
      this.#outbound.backend.certificate,
    );
    const { stream } = backend;
    this.#backend = backend;
    this.#reply.onGone = () => this.#fail(new CallerGone());
    stream.on('response', (headers, flags, raw) => this.#onHead(stream, headers, flags, raw));
    stream.on('error', (error: Error) => this.#fail(backend.failureOf(error)));
    stream.on('close', () => this.#fail(new UpstreamFailure('broken')));
    this.#arm();
    const body = call.heldBody ?? call.body;
    if (body === undefined) stream.end();
    else if (body instanceof Uint8Array) stream.end(body);
    else {
      stream.on('drain', () => body.incoming.resume());
      body.incoming.read(this);
    }
  }

  onData(chunk: Buffer): void {
    const stream = this.#backend?.stream;
    if (stream === undefined || stream.destroyed || stream.writableEnded) return;
    if (!stream.write(chunk)) this.#call.body?.incoming.pause();
    if (this.status === undefined) this.#arm();
  }

  onEnd(): void {
    this.#backend?.stream.end();
  }

  onFailure(failure: BodyFailure): void {
    this.#fail(new UpstreamFailure('bodyFailed', undefined, undefined, failure));
  }

  #head(): OutgoingHttpHeaders {
    const { host, target, fields, signer } = this.#outbound;
    const headers = toHeaders(fromFields(fields));
    if (signer !== undefined) {
      const lines = signer.sign(
        { method: 'POST', target, host, body: undefined },
        this.#services.clock.now(),
      );
      for (let index = 0; index < lines.length; index += 2) {
        headers[(lines[index] ?? '').toLowerCase()] = lines[index + 1];
      }
    }
    return { ...headers, te: 'trailers', ':method': 'POST', ':path': target, ':authority': host };
  }

  #onHead(
    stream: ClientHttp2Stream,
    headers: IncomingHttpHeaders,
    flags: number,
    raw: readonly string[],
  ): void {
    const call = this.#call;
    const reply = this.#reply;
    if (this.#isOver) return;
    this.#disarm();
    this.latencyMs = performance.now() - this.#sentAt;
    this.status = Number(headers[':status']);
    call.status = this.status;
    const own = linesOf(raw).filter(([name]) => !NOT_RETURNABLE.has(name) && name !== 'content-length');
    const lines = [...shapedLines(call, own.flat()), ...gatewayHead(call)];
    try {
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) {
        // The status is in the head, and nothing follows.
        reply.send(this.status, lines, '');
        this.#finish();
        return;
      }
      reply.start(this.status, toHeaders(pairsOf(lines)), undefined, () => this.#trailers);
    } catch (error) {
      this.#fail(error);
      return;
    }
    reply.stream.on('drain', () => stream.resume());
    stream.on('data', (chunk: Buffer) => {
      if (!reply.write(chunk, noop)) stream.pause();
    });
    stream.on('trailers', (_trailers: unknown, _flags: unknown, rawTrailers: readonly string[]) => {
      this.#trailers = toHeaders(linesOf(rawTrailers));
    });
    stream.on('end', () => {
      if (stream.rstCode === constants.NGHTTP2_NO_ERROR) this.#finish();
    });
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#disarm();
    this.#reply.end();
    this.#leaveBackend(constants.NGHTTP2_NO_ERROR);
    endCall(this.#call, this.#services);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#disarm();
    this.#reply.onGone = undefined;
    this.#leaveBackend(constants.NGHTTP2_CANCEL);
    if (error instanceof UpstreamFailure && error.bodyFailure === undefined)
      this.failure = error.kind === 'timedOut' ? 'timeout' : (error.code ?? error.kind);
    const known = toBackendError(error);
    if (this.#reply.isStarted && isApigError(known)) {
      // The head has left, and a status can still be said.
      this.#call.errorCode = known.code;
      this.#trailers = toHeaders(pairsOf(grpcStatus(known, known.status)));
      this.#reply.end();
      endCall(this.#call, this.#services);
    } else endCall(this.#call, this.#services, known);
  }

  #leaveBackend(code: number): void {
    const backend = this.#backend;
    if (backend === undefined || backend.stream.destroyed) return;
    backend.giveUp();
    backend.stream.close(code);
  }

  #arm(): void {
    const { timeoutMs } = this.#outbound.backend;
    const deadlineMs = deadlineOf(this.#call.headers.first('grpc-timeout')) ?? Infinity;
    const leftMs = this.#sentAt + deadlineMs - performance.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#fail(new UpstreamFailure('timedOut')),
      Math.max(0, Math.min(timeoutMs, leftMs)),
    );
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function noop(): void {
  // The memory of a piece is the garbage collector's.
}

function linesOf(raw: readonly string[]): (readonly [string, string])[] {
  return pairsOf(raw).filter(([name]) => !name.startsWith(':'));
}

function pairsOf(flat: readonly string[]): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index < flat.length; index += 2) pairs.push([flat[index] ?? '', flat[index + 1] ?? '']);
  return pairs;
}
