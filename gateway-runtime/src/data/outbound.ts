import type { BackendCertificate } from '../features.ts';
import type { RequestBody } from './call.ts';
import type { BackendSigner } from './backend-signature.ts';
import type { Channel } from './channel.ts';

/** A channel with the protocol that its members are spoken to in. */
export interface ChannelUse {
  readonly channel: Channel;
  readonly protocol: 'HTTP' | 'HTTPS';
}

/** A backend that is reached by HTTP. */
export interface HttpBackendPlan {
  readonly kind: 'http';
  /** `http://host:port`, without the port when it is the protocol's. Of a channel: empty, until a member is chosen. */
  readonly origin: string;
  /** The channel whose members answer. */
  readonly channel?: ChannelUse;
  /** Host and port as the `Host` header has them. Undefined: as the caller sent them. */
  readonly host: string | undefined;
  /** Shown to the backend. */
  readonly certificate?: BackendCertificate | undefined;
  /** `ANY` keeps the caller's. */
  readonly method: string;
  readonly timeoutMs: number;
  /** -1: one retry for methods that may be repeated, none for others. */
  readonly retryCount: number;
}

/** The request for a backend, complete but for what each attempt adds: a signature and the framing of the body. */
export interface Outbound {
  readonly backend: HttpBackendPlan;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly host: string;
  /** Header lines without `Host`. */
  readonly fields: string;
  readonly signer: BackendSigner | undefined;
  readonly body: RequestBody | Buffer | undefined;
}
