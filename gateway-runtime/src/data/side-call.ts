import { request as httpRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { BackendTls } from './origins.ts';

/** A request that the gateway makes for itself: to a function, an authentication service, or for a health check. */
export interface SideRequest {
  readonly url: string;
  readonly method: string;
  /** Names and values in turn. */
  readonly head: readonly string[];
  readonly body?: Uint8Array | string;
  /** For all of it, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Longest body that is read. */
  readonly maxBytes: number;
}

/** Its answer. */
export interface SideAnswer {
  readonly status: number;
  /** Names and values in turn. */
  readonly head: readonly string[];
  readonly body: Buffer;
}

/** The answer did not come in time. */
export class SideTimeout extends Error {
  override readonly name = 'SideTimeout';
}

/** Sends requests of the gateway's own over connections that are kept. They are few and small, and read whole. */
export class SideCalls {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https: HttpsAgent;

  constructor({ verify, ca }: BackendTls) {
    this.#https = new HttpsAgent({
      keepAlive: true,
      rejectUnauthorized: verify,
      ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
    });
  }

  /** @throws SideTimeout, the system's error, or an error for an answer that is too long. */
  send({ url, method, head, body, timeoutMs, maxBytes }: SideRequest): Promise<SideAnswer> {
    return new Promise((resolve, reject) => {
      const isSecure = url.startsWith('https:');
      const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
      const request = (isSecure ? httpsRequest : httpRequest)(url, {
        method,
        headers: [...withHost(url, head), ...length],
        agent: isSecure ? this.#https : this.#http,
      });
      const timer = setTimeout(
        () => request.destroy(new SideTimeout(`no answer in ${timeoutMs} ms`)),
        timeoutMs,
      );
      request.on('close', () => {
        clearTimeout(timer);
      });
      request.on('error', reject);
      request.on('response', (response) => {
        read(response, maxBytes).then(resolve, (error: unknown) => {
          request.destroy();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      });
      request.end(body);
    });
  }

  /** Ends all connections. */
  destroy(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

/** A list of headers is sent as it is, so it has to hold the host. */
function withHost(url: string, head: readonly string[]): readonly string[] {
  const hasHost = head.some((text, index) => index % 2 === 0 && text.toLowerCase() === 'host');
  return hasHost ? head : ['Host', new URL(url).host, ...head];
}

async function read(response: IncomingMessage, maxBytes: number): Promise<SideAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, head: response.rawHeaders, body: Buffer.concat(chunks, bytes) };
}
