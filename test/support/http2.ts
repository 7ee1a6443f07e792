import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import type { BoundAddress } from '../../gateway-runtime/src/data/listener.ts';

/** An answer over HTTP/2. */
export interface StreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly text: string;
  readonly trailers: Readonly<Record<string, string | string[] | undefined>>;
  /** Statuses of the interim answers. */
  readonly interim: readonly number[];
  /** Code that the stream was closed with. */
  readonly code: number;
}

/** A connection over HTTP/2 to a gateway. */
export interface Http2Caller {
  readonly session: ClientHttp2Session;
  /** Sends a request whole and reads the answer; rejects when the stream is broken off before the answer's head. */
  call(headers: OutgoingHttpHeaders, body?: string | Uint8Array): Promise<StreamAnswer>;
  dispose(): void;
}

/** Heads may be sent that the gateway does not take. */
const MAX_HEAD_BYTES = 1024 * 1024;

/** Opens a connection: encrypted when an issuer to trust is given, else with prior knowledge. */
export function openHttp2(
  { host, port }: BoundAddress,
  options: { readonly ca?: string; readonly servername?: string; readonly authority: string },
): Http2Caller {
  const { ca, servername = 'localhost', authority } = options;
  const session =
    ca === undefined
      ? connect(`http://${host}:${port}`, { maxSendHeaderBlockLength: MAX_HEAD_BYTES })
      : connect(`https://${host}:${port}`, { ca, servername, maxSendHeaderBlockLength: MAX_HEAD_BYTES });
  // Calls under way tell of a broken session.
  session.on('error', () => undefined);
  return {
    session,
    call: (headers, body) =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':authority': authority, ...headers });
        const interim: number[] = [];
        const chunks: Buffer[] = [];
        let head: StreamAnswer['headers'] | undefined;
        let trailers: StreamAnswer['trailers'] = {};
        stream.on('headers', (given) => interim.push(Number(given[':status'])));
        stream.on('response', (given) => (head = given));
        stream.on('trailers', (given: StreamAnswer['trailers']) => (trailers = given));
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', reject);
        stream.on('close', () => {
          if (head === undefined) {
            reject(new Error(`a stream was closed with ${stream.rstCode} before an answer`));
            return;
          }
          resolve({
            status: Number(head[':status']),
            headers: head,
            text: Buffer.concat(chunks).toString('utf8'),
            trailers,
            interim,
            code: stream.rstCode,
          });
        });
        if (body === undefined) stream.end();
        else stream.end(body);
      }),
    dispose: () => session.destroy(),
  };
}

/** A promise that is settled from outside. */
export interface Later<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
}

/** Makes one. */
export function later<Value>(): Later<Value> {
  let settle: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => (settle = resolve));
  return { promise, resolve: (value) => settle(value) };
}
