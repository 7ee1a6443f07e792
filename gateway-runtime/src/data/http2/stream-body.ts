import type { ServerHttp2Stream } from 'node:http2';
import { IncomingBody, type BodySource } from '../http1/incoming-body.ts';
import type { Sweep, Timed } from '../http1/sweep.ts';
import type { RequestHeads } from './request-head.ts';

/** What bounds the body of a request. */
export interface BodyBounds {
  readonly bodyPauseMs: number;
  readonly maxBodyBytes: () => number;
}

/** Takes in the body of a request from its stream: while nobody reads, the caller's window is not opened again. */
export class StreamBody implements BodySource, Timed {
  deadline = Infinity;
  sweepIndex = -1;
  readonly incoming: IncomingBody;
  readonly #stream: ServerHttp2Stream;
  readonly #bounds: BodyBounds;
  readonly #sweep: Sweep;
  #owesContinue: boolean;
  #trailerLines = '';

  constructor(
    stream: ServerHttp2Stream,
    announced: { readonly length: number | undefined; readonly expectsContinue: boolean },
    bounds: BodyBounds,
    sweep: Sweep,
    heads: RequestHeads,
  ) {
    this.incoming = new IncomingBody(this, announced.length);
    this.#stream = stream;
    this.#bounds = bounds;
    this.#sweep = sweep;
    this.#owesContinue = announced.expectsContinue;
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('trailers', (_trailers, _flags, raw) => {
      this.#trailerLines = heads.readTrailers(raw);
    });
    stream.on('end', () => this.#finish());
    stream.on('close', () => {
      sweep.remove(this);
      this.incoming.fail('gone');
    });
    sweep.add(this);
    this.#arm();
  }

  wantBody(): void {
    const stream = this.#stream;
    if (this.#owesContinue) {
      this.#owesContinue = false;
      if (!stream.headersSent && !stream.destroyed) stream.additionalHeaders({ ':status': 100 });
    }
    stream.resume();
    this.#arm();
  }

  holdBody(): void {
    this.#stream.pause();
    this.#arm();
  }

  expire(): void {
    this.#fail('bodyTimedOut');
  }

  #take(chunk: Buffer): void {
    const { incoming } = this;
    if (incoming.bytes + chunk.length > Math.min(incoming.maxBytes, this.#bounds.maxBodyBytes())) {
      this.#fail('bodyTooLarge');
      return;
    }
    incoming.push(chunk);
    if (incoming.wantsBreak) this.#stream.pause();
    this.#arm();
  }

  #finish(): void {
    this.deadline = Infinity;
    // A stream that was reset ends too, and its body is not whole.
    if (this.#stream.aborted || this.#stream.rstCode !== 0) this.incoming.fail('gone');
    else this.incoming.finish(this.#trailerLines);
  }

  #fail(fault: 'bodyTimedOut' | 'bodyTooLarge'): void {
    this.deadline = Infinity;
    this.#stream.pause();
    this.#stream.removeAllListeners('data');
    this.incoming.fail(fault);
  }

  #arm(): void {
    const { incoming } = this;
    const isTimed = incoming.isTimed && incoming.isAwaited && !this.#stream.destroyed;
    this.deadline = isTimed ? this.#sweep.after(this.#bounds.bodyPauseMs) : Infinity;
  }
}
