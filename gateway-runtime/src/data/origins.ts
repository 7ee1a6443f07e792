import { rootCertificates } from 'node:tls';
import type { BackendCertificate } from '../features.ts';
import { forbidden, ForbiddenAddresses, METADATA_ADDRESSES } from './forbidden-addresses.ts';
import { withCertificate, type BackendTlsOptions } from './backend-tls.ts';
import { HEAD_LIMITS } from './limits.ts';
import { BackendSessions } from './grpc/backend-sessions.ts';
import type { Origin } from './http1/origin.ts';
import { UpstreamPool } from './http1/upstream-pool.ts';

/** How backends are reached, and how their certificates are judged. */
export interface BackendTls {
  /** Whether a certificate must be valid for the backend's name and issued by somebody trusted. */
  readonly verify: boolean;
  /** PEM of further issuers to trust. */
  readonly ca?: string;
  /** Addresses and networks that nothing is sent to; those of metadata services unless given. */
  readonly forbidden?: readonly string[];
}

/** How long a free connection to a backend is kept: shorter than most servers keep it. */
const IDLE_MS = 4000;

/** Free connections that are kept for each backend. */
const MAX_IDLE = 256;

/** The connections to backends, by origin. They outlive snapshots, so that a change does not cost the kept ones. */
export class Origins {
  readonly pool = new UpstreamPool({ limits: HEAD_LIMITS, idleMs: IDLE_MS, maxIdle: MAX_IDLE });
  readonly #tls: BackendTlsOptions;
  readonly #forbidden: ForbiddenAddresses;
  /** The same over HTTP/2, for backends that speak gRPC. */
  readonly grpc: BackendSessions;
  readonly #origins = new Map<string, Origin>();

  constructor({ verify, ca, forbidden }: BackendTls) {
    this.#forbidden = new ForbiddenAddresses(forbidden ?? METADATA_ADDRESSES);
    this.#tls = { rejectUnauthorized: verify, ...(ca !== undefined && { ca: [...rootCertificates, ca] }) };
    this.grpc = new BackendSessions(this.#tls, this.#forbidden);
  }

  /**
   * An origin such as `https://orders.internal:8443`.
   *
   * @param certificate shown to it; connections with one and without are never mixed
   * @throws `backendUnavailable` for an address that nothing is sent to
   */
  find(origin: string, certificate?: BackendCertificate): Origin {
    const key = certificate === undefined ? origin : keyOf(origin, certificate);
    let found = this.#origins.get(key);
    if (found === undefined) this.#origins.set(key, (found = this.#open(origin, certificate)));
    return found;
  }

  /** Lets go of connections that no plan leads to. Calls under way that still use them are served to their end. */
  keepOnly(isInUse: (origin: string) => boolean): void {
    for (const [text, origin] of this.#origins) {
      if (isInUse(originIn(text))) continue;
      this.#origins.delete(text);
      this.pool.retire(origin);
    }
    this.grpc.keepOnly(isInUse);
  }

  /** Ends all connections, the busy ones too. */
  destroy(): void {
    this.#origins.clear();
    this.pool.destroy();
    this.grpc.destroy();
  }

  #open(text: string, certificate: BackendCertificate | undefined): Origin {
    const { protocol, hostname, port } = new URL(text);
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    if (this.#forbidden.has(host)) throw forbidden(host);
    const { lookup } = this.#forbidden;
    if (protocol !== 'https:') return this.pool.origin({ host, port: Number(port || 80), lookup });
    const tls = withCertificate(this.#tls, certificate);
    return this.pool.origin({ host, port: Number(port || 443), tls, lookup });
  }
}

/** The parts of an origin's key. */
const MARK = '#';

function keyOf(origin: string, { id }: BackendCertificate): string {
  return origin + MARK + id;
}

function originIn(key: string): string {
  return key.split(MARK, 1)[0] ?? key;
}
