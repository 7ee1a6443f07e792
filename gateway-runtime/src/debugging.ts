import type { Account } from './identity.ts';
import type { Bodies, ConfigurationReader } from './store/configuration.ts';

/** A call of one API, made for somebody who wants to see what becomes of it. */
export interface DebugCall {
  readonly gatewayId: string;
  readonly apiId: string;
  readonly environmentId: string;
  /** A definition in the place of the one that is published. */
  readonly draft?: Bodies['api'];
  /** Whether it comes over HTTPS. */
  readonly secure: boolean;
  readonly method: string;
  readonly host: string;
  /** Path and query as on the wire. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
  /** App that signs the call, if the API wants one. */
  readonly app?: { readonly key: string; readonly secret: string };
  /** Account that makes it, if the API wants one. */
  readonly account: Account;
}

/** What became of it. */
export interface DebugResult {
  /** The request as it was made; credentials that were made for it are masked. */
  readonly request: string;
  /** The answer; empty when none came in time. */
  readonly response: string;
  readonly latencyMs: number;
  /** What happened on the way, a line each; without queries and credentials. */
  readonly log: string;
}

/** Makes such a call, under any configuration. */
export type Debugger = (configuration: ConfigurationReader, call: DebugCall) => Promise<DebugResult>;

/** Longest time that a debug call may take. Source: user guide, "Debugging an API". */
export const MAX_DEBUG_MS = 60_000;

/** Bytes of an answer's body that a debug call shows. Source: API reference, "Debugging an API". */
export const MAX_DEBUG_BYTES = 2 * 1024 * 1024;
