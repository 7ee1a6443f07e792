import { Head } from './head.ts';

/** What the parser of answers found beside the fields. */
export interface ResponseFacts {
  readonly status: number;
  readonly reason: string;
  readonly framing: number;
  readonly length: number;
  readonly keepsAlive: boolean;
  readonly connectionNames: readonly string[];
}

/** The head of an answer that keeps all the rules. */
export class ResponseHead extends Head {
  readonly status: number;
  /** Reason phrase; may be empty. */
  readonly reason: string;
  /** A `FRAMING`. */
  readonly framing: number;
  /** Value of `Content-Length`, also where no body follows (HEAD, 304); -1 without one. */
  readonly length: number;
  /** Whether the connection may carry another request. */
  readonly keepsAlive: boolean;
  /** Lower-case names that `Connection` lists beside `close`, `keep-alive` and `upgrade`: fields of this hop only. */
  readonly connectionNames: readonly string[];

  constructor(text: string, marks: readonly number[], count: number, facts: ResponseFacts) {
    super(text, marks, count);
    this.status = facts.status;
    this.reason = facts.reason;
    this.framing = facts.framing;
    this.length = facts.length;
    this.keepsAlive = facts.keepsAlive;
    this.connectionNames = facts.connectionNames;
  }
}
