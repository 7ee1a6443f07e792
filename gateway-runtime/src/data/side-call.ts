import { toFields } from './fields.ts';
import { fetchWhole } from './http1/fetch-whole.ts';
import { Origins, type BackendTls } from './origins.ts';

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
  readonly #origins: Origins;

  constructor(tls: BackendTls) {
    this.#origins = new Origins(tls);
  }

  /** @throws SideTimeout, UpstreamFailure, or an error for an answer that is too long. */
  async send({ url, method, head, body, timeoutMs, maxBytes }: SideRequest): Promise<SideAnswer> {
    const { origin, host, pathname, search } = new URL(url);
    const request = {
      origin: this.#origins.find(origin),
      method,
      head: `${method} ${pathname}${search} HTTP/1.1\r\n${hasHost(head) ? '' : `Host: ${host}\r\n`}${toFields(head)}`,
      body:
        typeof body === 'string' || body === undefined
          ? body && Buffer.from(body, 'utf8')
          : Buffer.from(body),
      headMs: timeoutMs,
      gapMs: timeoutMs,
    };
    const late = new SideTimeout(`no answer in ${timeoutMs} ms`);
    const { head: answered, body: bytes } = await fetchWhole(this.#origins.pool, request, {
      timeoutMs,
      late,
      maxBytes,
    });
    const lines: string[] = [];
    for (let index = 0; index < answered.count; index += 1)
      lines.push(answered.name(index), answered.value(index));
    return { status: answered.status, head: lines, body: bytes };
  }

  /** Ends all connections. */
  destroy(): void {
    this.#origins.destroy();
  }
}

function hasHost(head: readonly string[]): boolean {
  return head.some((text, index) => index % 2 === 0 && text.toLowerCase() === 'host');
}
