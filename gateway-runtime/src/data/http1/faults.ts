/**
 * What can be wrong with a message, and the status that a server answers with. 494 is nginx's for a head that is too
 * large. Faults of an upstream's answer have no status of their own there: whoever forwards decides.
 */
export const FAULTS = {
  /** RFC 9112, 3: not `method SP target SP version CRLF`. */
  requestLineMalformed: 400,
  /** RFC 9110, 9.1: a method that this server does not know. */
  methodUnknown: 501,
  /** RFC 9112, 3.2.3: `CONNECT` makes tunnels, which a gateway does not offer. */
  connectRefused: 400,
  /** RFC 9112, 3.2: not a path, not an absolute URI, not `*` of `OPTIONS`. */
  targetMalformed: 400,
  /** RFC 9112, 3: longer than is read. */
  targetTooLong: 414,
  /** RFC 9110, 15.6.6: neither 1.0 nor 1.1. */
  versionUnknown: 505,
  /** RFC 9112, 4: not `version SP status SP reason CRLF`. */
  statusLineMalformed: 502,
  /** RFC 9112, 2.2: a line that does not end in CR LF. */
  lineEndMalformed: 400,
  /** RFC 9112, 5.1: no token directly before the colon. */
  fieldNameMalformed: 400,
  /** RFC 9110, 5.5: a control character. */
  fieldValueMalformed: 400,
  /** RFC 9112, 5.2: a line that goes on on the next one. */
  fieldFolded: 400,
  fieldTooLarge: 494,
  headTooLarge: 494,
  tooManyFields: 494,
  /** RFC 9112, 3.2: none in HTTP/1.1. */
  hostMissing: 400,
  /** RFC 9112, 3.2: more than one. */
  hostRepeated: 400,
  /** RFC 9112, 3.2: not a host with an optional port. */
  hostMalformed: 400,
  /** RFC 9112, 6.3: not digits. */
  lengthMalformed: 400,
  /** RFC 9112, 6.3: more than one. */
  lengthRepeated: 400,
  /** RFC 9112, 6.1: both a length and an encoding. */
  lengthWithEncoding: 400,
  /** RFC 9112, 6.1: not exactly `chunked`. */
  encodingUnknown: 501,
  /** RFC 9112, 6.1: more than one line. */
  encodingRepeated: 400,
  /** RFC 9112, 6.1: in HTTP/1.0. */
  encodingInOldVersion: 400,
  /** RFC 9112, 7.1: not `size CRLF data CRLF`. */
  chunkMalformed: 400,
  /** RFC 9112, 7.1.1: more extensions than are read. */
  chunkExtensionTooLarge: 400,
  bodyTooLarge: 413,
  /** RFC 9110, 10.1.1: not `100-continue`. */
  expectationUnknown: 417,
  headTimedOut: 408,
  bodyTimedOut: 408,
  /** The bytes end inside a message. */
  truncated: 400,
  tooManyConnections: 503,
} as const satisfies Readonly<Record<string, number>>;

/** Name of a fault. */
export type Fault = keyof typeof FAULTS;
