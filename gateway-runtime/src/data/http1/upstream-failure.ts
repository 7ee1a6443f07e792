import type { Fault } from './faults.ts';
import type { BodyFailure } from './incoming-body.ts';

/** What can go wrong with a request to an upstream. */
export type UpstreamFailureKind =
  /** The name of its host means nothing. */
  | 'nameUnresolved'
  /** No connection could be made. */
  | 'connectFailed'
  /** Its certificate or its TLS is not accepted. */
  | 'tlsFailed'
  /** No answer in time, or no further part of it. */
  | 'timedOut'
  /** The connection broke before the answer was complete. */
  | 'broken'
  /** The answer breaks the rules. */
  | 'malformed'
  /** The body of the request did not arrive. */
  | 'bodyFailed'
  /** Nobody wants the answer any more. */
  | 'cancelled';

/** Why there is no answer of an upstream, or none that is whole. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly kind: UpstreamFailureKind;
  /** Code of the system or of TLS, or the fault of the answer. */
  readonly code: string | undefined;
  /** What is wrong with the request's body. */
  readonly bodyFailure: BodyFailure | undefined;

  constructor(kind: UpstreamFailureKind, code?: string, cause?: unknown, bodyFailure?: BodyFailure) {
    super(code === undefined ? kind : `${kind}: ${code}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.code = code;
    this.bodyFailure = bodyFailure;
  }

  /** The failure of an answer that breaks the rules. */
  static malformed(fault: Fault | undefined): UpstreamFailure {
    return new UpstreamFailure('malformed', fault);
  }
}

/** Codes of names that were not resolved. */
const NAME_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME', 'ENODATA']);

/** How far a connection has come. */
export type Stage = 'connecting' | 'handshaking' | 'connected';

/** What a socket's error means for a request. */
export function toUpstreamFailure(error: Error & { code?: string }, stage: Stage): UpstreamFailure {
  const { code } = error;
  if (stage === 'connected') return new UpstreamFailure('broken', code, error);
  if (stage === 'handshaking') return new UpstreamFailure('tlsFailed', code, error);
  if (code !== undefined && NAME_CODES.has(code)) return new UpstreamFailure('nameUnresolved', code, error);
  return new UpstreamFailure(code === 'ETIMEDOUT' ? 'timedOut' : 'connectFailed', code, error);
}
