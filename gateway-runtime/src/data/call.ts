import type { Address } from './address.ts';
import type { Lease } from './channel.ts';
import type { Trial } from './explain/trial.ts';
import type { Stage } from '../explaining.ts';
import type { AppEntry, Plan } from './snapshot.ts';
import type { GatewayResponses } from './gateway-response.ts';
import type { HeaderLines } from './header-lines.ts';
import type { Answer } from './http1/answer.ts';
import type { IncomingBody } from './http1/incoming-body.ts';
import { turnTime } from './http1/turn.ts';
import type { CircuitPlan } from './plugins/breaker.ts';
import type { QueryPiece } from './query.ts';
import { USUAL_FEATURES, type Features } from '../features.ts';
import type { Account } from '../identity.ts';

/*
 * What the pipeline and its stages know of a request and of the way back. Nothing here belongs to an HTTP library:
 * the listener makes a `Call` out of what it has, and another listener may take its place.
 */

/** What a handshake showed. */
export interface ConnectionTls {
  /** For example `TLSv1.3`. */
  readonly version: string;
  /** The authorities that the caller's certificate comes from; undefined when it showed none of theirs. */
  readonly callersCaId: string | undefined;
}

/** The connection on which a call came. */
export interface Connection {
  /** Whether it is encrypted. */
  readonly secure: boolean;
  /** Undefined when it is not encrypted. */
  readonly tls?: ConnectionTls | undefined;
  /** The other end. */
  readonly peer: Address;
  /** This end: address as text. */
  readonly localAddress: string;
  /** The lines that tell backends of a call that comes from the other end itself. */
  readonly forwarded: string;
}

/**
 * The body of a request while it arrives. It can be read once, and nothing is read ahead of who reads it.
 *
 * A read fails with `bodyTooLarge`, with `bodyTimeout`, or with {@link CallerGone}.
 */
export interface RequestBody extends AsyncIterable<Uint8Array> {
  /** Bytes announced; undefined when only the end will tell. */
  readonly length: number | undefined;
  /** Whether somebody has begun to read. */
  readonly isStarted: boolean;
  /** The body as the wire has it, to be passed on. */
  readonly incoming: IncomingBody;
  /** All of it, when it is here and nobody has read it. */
  takeWhole(): Buffer | undefined;
}

/** The way back to the caller. */
export interface Reply {
  /** Whether a head was sent: no other answer is possible then. */
  readonly isStarted: boolean;
  /** Whether the caller hung up before the answer was complete. */
  readonly isGone: boolean;
  /** Set before an answer is sent: the connection ends with it. */
  isLast: boolean;
  /** Called once when the caller hangs up before the answer is complete. */
  onGone: (() => void) | undefined;
  /** Bytes of answer body given so far. */
  readonly bytesSent: number;
  /** Sends a whole answer; its length is added to the head, which is a list of names and values in turn. */
  send(status: number, head: readonly string[], body: Uint8Array | string): void;
  /** Sends an interim answer with these lines to a caller that can read one. */
  inform(status: number, fields: string): void;
  /**
   * Passes a backend's answer on with these lines, at the caller's pace. After a change of protocol it ends when the
   * connection does, or when nothing has passed for `idleMs`.
   *
   * @returns what fails with UpstreamFailure when the backend breaks it off, and with {@link CallerGone} when the caller
   *   does; nothing for an answer that is small and has left
   */
  pass(answer: Answer, fields: string, idleMs: number): Promise<void> | undefined;
  /** Breaks an answer off in a way that the caller notices. */
  abort(): void;
}

/** Who makes a call, once that is known. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'app'; readonly app: AppEntry }
  | { readonly kind: 'account'; readonly account: Account };

/** A caller of an API without authentication. */
export const ANONYMOUS: Caller = { kind: 'anonymous' };

/** Values by key that authorizers gave, for backends, conditions and the wording of refusals. */
export interface AuthorizerContext {
  readonly frontend?: Readonly<Record<string, string>>;
  readonly backend?: Readonly<Record<string, string>>;
}

/** How a caller showed who it is; decides which of its headers the backend must not see. */
export type Credential =
  | 'none'
  | 'signature'
  | 'appCode'
  | 'secret'
  | 'apiKey'
  | 'bearer'
  | 'token'
  /** A token that goes on to the backend. */
  | 'passedToken';

/** The parts of a request, as the listener reads them. */
export interface CallHead {
  readonly id: string;
  readonly method: string;
  /** Request target as on the wire. */
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: HeaderLines;
  readonly body: RequestBody | undefined;
  readonly connection: Connection;
  readonly reply: Reply;
  /** Protocol that the caller asks to change to. */
  readonly upgrade?: string | undefined;
  /** Of a call that is only explained. */
  readonly trial?: Trial | undefined;
}

/** One request on its way: what arrived, and what the stages found out. */
export class Call {
  /** 32 lower-case hex digits, shown to caller and backend. */
  readonly id: string;
  readonly method: string;
  readonly httpVersion: string;
  readonly headers: HeaderLines;
  readonly connection: Connection;
  readonly reply: Reply;
  /** Protocol that the caller asks to change to. */
  readonly upgrade: string | undefined;
  /** What stands in the place of the world, for a call that is only explained: it counts nowhere, and nobody is asked. */
  readonly trial: Trial | undefined;
  /** The step that the call is at, or was refused at. */
  stage: Stage = 'request';
  /** What the caller asked for, as on the wire; `admitHead` takes scheme and authority off. */
  target: string;
  /** Host asked for: lower case, without port and final dot. */
  host = '';
  /** Path as on the wire. */
  rawPath = '';
  /** Values of the path's parameters, in its order. */
  pathValues: readonly string[] = [];
  /** Decoded path, by which APIs are found. */
  path = '';
  /** Query as on the wire, without the question mark. */
  query = '';
  /** The query in pieces; see `queryOf`. */
  queryPieces: readonly QueryPiece[] | undefined;
  body: RequestBody | undefined;
  /** The body, when it was read whole. */
  heldBody: Buffer | undefined;
  /** The API that is called. */
  plan: Plan | undefined;
  /** What the gateway's features come to, once it is found. */
  features: Features = USUAL_FEATURES;
  /** Where the call comes from, as far as the gateway believes it. */
  client: Address;
  /** How errors are answered: as the group says, once it is found, and then as the API says. */
  responses: GatewayResponses | undefined;
  caller: Caller = ANONYMOUS;
  credential: Credential = 'none';
  /** Header lines for the backend that an authentication service gave. */
  carried: readonly string[] = [];
  /** What custom authorizers say of the caller. */
  context: AuthorizerContext = {};
  /** Header lines that show limits and what is left of them; only for callers that asked. */
  rates: string[] | undefined;
  /** The circuit through which the call goes to its backend. */
  circuit: CircuitPlan | undefined;
  /** Whether a kept answer was there for the call; undefined where nobody has looked for one. */
  cache: 'hit' | 'miss' | undefined;
  /** The member of a channel that has the call. */
  lease: Lease | undefined;
  /** Where the call was sent last. */
  upstream: Upstream | undefined;
  /** Status of the answer. */
  status = 0;
  /** Code of the gateway's own answer, such as `APIG.0308`. */
  errorCode: string | undefined;
  /** When the call came, by the gateway's clock. */
  nowMs = 0;
  /** Monotonic milliseconds at which the request was complete but for its body. */
  readonly startedAt: number = turnTime();

  constructor(head: CallHead) {
    this.id = head.id;
    this.method = head.method;
    this.target = head.target;
    this.httpVersion = head.httpVersion;
    this.headers = head.headers;
    this.connection = head.connection;
    this.client = head.connection.peer;
    this.reply = head.reply;
    this.body = head.body;
    this.upgrade = head.upgrade;
    this.trial = head.trial;
  }

  /** Whether the caller wants to be told of latency and limits. */
  get isDebug(): boolean {
    return this.headers.first('x-apig-mode') === 'debug';
  }
}

/** The request to a backend, as far as log and debug headers show it. */
export interface Upstream {
  readonly origin: string;
  readonly target: string;
  /** Requests made, retries included. */
  readonly attempts: number;
  readonly status: number | undefined;
  /** Milliseconds from the last attempt to the head of its answer. */
  readonly latencyMs: number | undefined;
  /** System's or client's code of the last failure. */
  readonly failure: string | undefined;
}

/** The caller hung up: there is nobody to answer. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';

  constructor() {
    super('the caller hung up');
  }
}
