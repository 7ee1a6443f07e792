import { rootCertificates } from 'node:tls';
import { Pool } from 'undici';
import { MAX_HEADERS_BYTES } from './limits.ts';

/** How certificates of backends are judged. */
export interface BackendTls {
  /** Whether a certificate must be valid for the backend's name and issued by somebody trusted. */
  readonly verify: boolean;
  /** PEM of further issuers to trust. */
  readonly ca?: string;
}

/** Calls have their own, mostly shorter, timeouts; this one ends attempts to connect that no call waits for any more. */
const CONNECT_TIMEOUT_MS = 60_000;

/** The connections to backends, by origin. They outlive snapshots, so that a change does not cost the kept ones. */
export class Origins {
  readonly #tls: BackendTls;
  readonly #pools = new Map<string, Pool>();

  constructor(tls: BackendTls) {
    this.#tls = tls;
  }

  /** The connections to an origin such as `https://orders.internal:8443`. */
  pool(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (pool === undefined) this.#pools.set(origin, (pool = this.#open(origin)));
    return pool;
  }

  /** Lets go of connections that no plan leads to. Calls under way that still use them are served to their end. */
  keepOnly(isInUse: (origin: string) => boolean): void {
    for (const [origin, pool] of this.#pools) {
      if (isInUse(origin)) continue;
      this.#pools.delete(origin);
      void pool.close();
    }
  }

  /** Ends all connections, the busy ones too. */
  async destroy(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #open(origin: string): Pool {
    return new Pool(origin, {
      connections: null,
      pipelining: 1,
      allowH2: false,
      // Time is kept by whoever makes a request: undici's own clock is too coarse for short timeouts.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_HEADERS_BYTES,
      strictContentLength: true,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        rejectUnauthorized: this.#tls.verify,
        ...(this.#tls.ca !== undefined && { ca: [...rootCertificates, this.#tls.ca] }),
      },
    });
  }
}
