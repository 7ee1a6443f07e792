import { Head } from './head.ts';

/** What the first line asks for. */
export interface RequestLine {
  readonly method: string;
  /** As on the wire. */
  readonly target: string;
}

/** What the parser of requests found beside the fields. */
export type RequestFacts = Omit<RequestHead, keyof Head | 'at'>;

/** The head of a request that keeps all the rules. */
export class RequestHead extends Head {
  readonly method: string;
  /** Request target as on the wire. */
  readonly target: string;
  /** HTTP/1.0 or HTTP/1.1. */
  readonly minorVersion: 0 | 1;
  /** Index of the `Host` field; -1 in HTTP/1.0 without one. */
  readonly hostAt: number;
  /** A `FRAMING`. */
  readonly framing: number;
  /** Bytes of a body framed by length; 0 otherwise. */
  readonly length: number;
  /** Whether the caller wants the connection kept. */
  readonly keepsAlive: boolean;
  /** Whether the caller waits for 100 (Continue) with its body. */
  readonly expectsContinue: boolean;
  /** Index of the `Upgrade` field when the caller asks for another protocol, else -1. */
  readonly upgradeAt: number;
  /** Whether the caller reads trailers of the answer: `TE: trailers`. */
  readonly takesTrailers: boolean;
  /** Lower-case names that `Connection` lists beside `close`, `keep-alive` and `upgrade`: fields of this hop only. */
  readonly connectionNames: readonly string[];

  constructor(
    text: string,
    marks: readonly number[],
    count: number,
    facts: RequestFacts,
    { method, target }: RequestLine = facts,
  ) {
    super(text, marks, count);
    this.method = method;
    this.target = target;
    this.minorVersion = facts.minorVersion;
    this.hostAt = facts.hostAt;
    this.framing = facts.framing;
    this.length = facts.length;
    this.keepsAlive = facts.keepsAlive;
    this.expectsContinue = facts.expectsContinue;
    this.upgradeAt = facts.upgradeAt;
    this.takesTrailers = facts.takesTrailers;
    this.connectionNames = facts.connectionNames;
  }

  /** The head of a request of the same version that has the same fields. */
  at(line: RequestLine): RequestHead {
    const head = new RequestHead(this.text, this.marks, this.count, this, line);
    head.notes = this.notes;
    return head;
  }
}
