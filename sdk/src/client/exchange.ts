/** One HTTP request of the management API. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query, percent-encoded. */
  readonly target: string;
  readonly body: Buffer | undefined;
  /** Media type of the body; JSON unless given. */
  readonly contentType?: string | undefined;
  /** Changeset that it is part of. */
  readonly changesetId?: string | undefined;
  /** Whether doing it twice does no more than doing it once. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
}

/** An HTTP answer, as it came. */
export interface Answered {
  readonly answered: true;
  readonly status: number;
  /** Value of a header by its lower-case name. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

/** No HTTP answer. */
export interface Unanswered {
  readonly answered: false;
  readonly code: string;
  /** What happened, without secrets. */
  readonly reason: string;
  /** Whether the request may have reached the gateway. */
  readonly sent: boolean;
  /** Whether another attempt can end differently. */
  readonly passing: boolean;
  readonly cause: unknown;
}

/** How one attempt ended. */
export type Outcome = Answered | Unanswered;

/** A request in an error's message: without its query, and nothing that a header or body holds. */
export function nameOf({ method, origin, target }: Exchange): string {
  return `${method} ${origin}${target.split('?', 1)[0] ?? ''}`;
}
