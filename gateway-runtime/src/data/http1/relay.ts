import type { Answer, AnswerReader } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { FRAMING } from './framing.ts';
import { ReadBuffer } from './read-buffer.ts';
import type { UpstreamFailure } from './upstream-failure.ts';

/** Told how passing an answer on has ended: without a failure, or why not; undefined when the caller hung up. */
export type RelayEnd = (isWhole: boolean, failure: UpstreamFailure | undefined) => void;

/**
 * Passes an upstream's answer on to the caller, with the field lines given, as fast as the slower of the two.
 *
 * A small answer that is here leaves as one string. A larger one is written out of the memory into which it was read:
 * the head is put before its first bytes and the frame of a chunk around them, so that each read becomes one write.
 */
export function relay(exchange: Exchange, answer: Answer, fields: string, onEnd: RelayEnd): void {
  if (exchange.isOver) {
    answer.cancel();
    onEnd(false, undefined);
  } else if (relayWhole(exchange, answer, fields)) onEnd(true, undefined);
  else new Relay(exchange, answer, fields, onEnd).start();
}

/** Passes an answer on at once, if it is small and here. @returns whether it was */
export function relayWhole(exchange: Exchange, answer: Answer, fields: string): boolean {
  const { head, text } = answer;
  if (exchange.isOver) return false;
  if (head.framing === FRAMING.none) {
    exchange.start(head.status, fields, answer.length, head.reason);
    exchange.end();
    return true;
  }
  if (text !== undefined) exchange.send(head.status, fields, text, head.reason);
  return text !== undefined;
}

class Relay implements AnswerReader {
  readonly #exchange: Exchange;
  readonly #answer: Answer;
  readonly #onEnd: RelayEnd;
  /** The head, until it has left. */
  #head: string;
  /** Buffers that the socket may still write from. */
  #lent: ReadBuffer[] = [];
  #isOver = false;

  constructor(exchange: Exchange, answer: Answer, fields: string, onEnd: RelayEnd) {
    this.#exchange = exchange;
    this.#answer = answer;
    this.#onEnd = onEnd;
    this.#head = exchange.openHead(answer.head.status, fields, answer.length, answer.head.reason);
  }

  start(): void {
    const exchange = this.#exchange;
    exchange.onGone = () => {
      this.#answer.cancel();
      this.#finish(false, undefined);
    };
    exchange.onDrain = () => {
      this.#reclaim();
      this.#answer.resume();
    };
    this.#answer.read(this);
    // Nothing of the body has come with the head, so the head leaves alone: who waits for events sees that it waits.
    if (this.#head !== '' && !exchange.isOver) this.#write(this.#takeHead());
  }

  onData(buffer: ReadBuffer, start: number, end: number, isLast: boolean): boolean {
    const exchange = this.#exchange;
    const { socket } = exchange.connection;
    if (exchange.isOver || exchange.isBodiless || !exchange.count(end - start)) return false;
    let before = this.#takeHead();
    let to = end;
    const endsHere = isLast && this.#answer.trailerLines === '';
    if (exchange.isChunked) {
      before += `${(end - start).toString(16)}\r\n`;
      to += buffer.bytes.write(endsHere ? '\r\n0\r\n\r\n' : '\r\n', end, 'latin1');
    }
    exchange.connection.flush();
    if (before.length <= start) {
      const from = start - before.length;
      if (before !== '') buffer.bytes.write(before, from, 'latin1');
      socket.write(buffer.bytes.subarray(from, to));
    } else {
      socket.cork();
      socket.write(before, 'latin1');
      socket.write(buffer.bytes.subarray(start, to));
      socket.uncork();
    }
    exchange.connection.noteWrite();
    const isWriting = socket.writableLength > 0;
    if (!isWriting) this.#reclaim();
    else this.#lent.push(buffer);
    if (endsHere) this.#finish(true, undefined);
    else if (socket.writableNeedDrain) this.#answer.pause();
    return isWriting;
  }

  onEnd(trailerLines: string): void {
    if (this.#isOver) return;
    if (this.#head !== '') this.#write(this.#takeHead());
    this.#exchange.end(trailerLines);
    this.#finish(true, undefined);
  }

  onFailure(failure: UpstreamFailure): void {
    this.#finish(false, failure);
    this.#exchange.abort();
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  #write(text: string): void {
    this.#exchange.connection.write(text);
  }

  /** The socket has written all that it was given. */
  #reclaim(): void {
    for (let buffer = this.#lent.pop(); buffer !== undefined; buffer = this.#lent.pop())
      ReadBuffer.give(buffer);
  }

  #finish(isWhole: boolean, failure: UpstreamFailure | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#exchange.onGone = undefined;
    this.#exchange.onDrain = undefined;
    if (isWhole) this.#exchange.close();
    this.#onEnd(isWhole, failure);
  }
}
