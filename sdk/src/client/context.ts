import type { Kind } from '../resources/index.ts';
import type { HideStandIn } from './stand-ins.ts';
import type { Timing } from './timing.ts';
import type { Transport } from './transport.ts';
import type { AnyCollection } from './types.ts';

/** What the operations of a kind work with. */
export interface Context {
  readonly transport: Transport;
  readonly timing: Timing;
  /** Longest wait for an object that is created or changed in the background. */
  readonly readyTimeoutMs: number;
  /** Longest wait for APIs to be published before something is bound to them. */
  readonly waitForPublicationMs: number;
  readonly hideStandIn: HideStandIn;
  /** The operations of another kind. */
  collection(kind: Kind): AnyCollection;
}
