import { CallerGone, type Reply } from './call.ts';
import { toFields } from './fields.ts';
import type { Answer } from './http1/answer.ts';
import type { Exchange } from './http1/exchange.ts';
import { relay, relayWhole } from './http1/relay.ts';
import type { ServerConnection } from './http1/server-connection.ts';
import { openTunnel } from './http1/tunnel.ts';

const ASCII = /^[\0-\x7f]*$/;

/** The way back to a caller over HTTP/1.1. */
export class CallerReply implements Reply {
  readonly #exchange: Exchange;
  readonly #connection: ServerConnection;

  constructor(exchange: Exchange, connection: ServerConnection) {
    this.#exchange = exchange;
    this.#connection = connection;
  }

  get isStarted(): boolean {
    return this.#exchange.isStarted;
  }

  get isGone(): boolean {
    return this.#exchange.isGone;
  }

  get isLast(): boolean {
    return this.#exchange.isLast;
  }

  set isLast(isLast: boolean) {
    this.#exchange.isLast = isLast;
  }

  get onGone(): (() => void) | undefined {
    return this.#exchange.onGone;
  }

  set onGone(onGone: (() => void) | undefined) {
    this.#exchange.onGone = onGone;
  }

  get bytesSent(): number {
    return this.#exchange.bytesSent;
  }

  send(status: number, head: readonly string[], body: Uint8Array | string): void {
    // A text whose characters are bytes as they are leaves in one write with its head.
    const bytes = typeof body === 'string' && !ASCII.test(body) ? Buffer.from(body, 'utf8') : body;
    this.#exchange.send(status, toFields(head), bytes);
  }

  inform(status: number, fields: string): void {
    this.#exchange.inform(status, fields);
  }

  pass(answer: Answer, fields: string, idleMs: number): Promise<void> | undefined {
    if (answer.head.status !== 101 && relayWhole(this.#exchange, answer, fields)) return undefined;
    return new Promise((resolve, reject) => {
      if (answer.head.status === 101) {
        openTunnel(this.#exchange, this.#connection, answer, fields, idleMs, resolve);
        return;
      }
      relay(this.#exchange, answer, fields, (isWhole, failure) => {
        if (isWhole) resolve();
        else reject(failure ?? new CallerGone());
      });
    });
  }

  abort(): void {
    this.#exchange.abort();
  }
}
