import { randomBytes } from 'node:crypto';
import type { Fault } from '../http1/faults.ts';
import type { HeadLimits } from '../http1/head-parser.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { RequestParser } from '../http1/request-parser.ts';
import { TrailerParser } from '../http1/trailer-parser.ts';

/** Are said by HTTP/2 itself; a request that has one is malformed. Source: RFC 9113, section 8.2.2. */
const OF_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Makes heads of HTTP/1.1 out of the fields of HTTP/2.
 *
 * Backends are spoken to in HTTP/1.1, so what is taken from HTTP/2 must be sound there too. It is written as a head of
 * HTTP/1.1 and read by the parser for callers of that version: one set of rules and limits for both. Each field must
 * come out as one field, or a value has smuggled another one in.
 *
 * A request for WebSocket (RFC 8441) becomes the one of HTTP/1.1 for it.
 *
 * Source: RFC 9113, sections 8.2.3 (cookies in pieces are joined), 8.3.1 and 10.3.
 */
export class RequestHeads {
  readonly #parser: RequestParser;
  readonly #trailerParser: TrailerParser;

  constructor(limits: HeadLimits) {
    this.#parser = new RequestParser(limits);
    this.#trailerParser = new TrailerParser(limits);
  }

  /** @param raw names and values in turn, one character a byte */
  read(raw: readonly string[]): RequestHead | Fault {
    const { pseudo, fields, count, fault } = readFields(raw);
    const { method = '', path = '', authority, protocol } = pseudo;
    if (fault !== undefined) return fault;
    const isWebSocket = method === 'CONNECT' && protocol === 'websocket';
    if (method === 'CONNECT' && !isWebSocket) return 'connectRefused';
    if (authority === undefined) return 'hostMissing';
    // A target that names its host has no place here: that is what `:authority` is for.
    if (!path.startsWith('/') && path !== '*') return 'targetMalformed';
    const parser = this.#parser;
    parser.reset();
    const line = `${isWebSocket ? 'GET' : method} ${path} HTTP/1.1\r\nhost: ${authority}\r\n`;
    const upgrade = isWebSocket ? upgradeFields() : '';
    const bytes = Buffer.from(`${line}${fields}${upgrade}\r\n`, 'latin1');
    const after = parser.parse(bytes, 0, bytes.length);
    const { head } = parser;
    if (after < 0 || head === undefined) return parser.fault ?? 'requestLineMalformed';
    const own = isWebSocket ? 1 + UPGRADE_FIELDS : 1;
    return after === bytes.length && head.count === count + own ? head : 'fieldValueMalformed';
  }

  /** The fields after a body, as lines that may be sent on. None, when they break the rules. */
  readTrailers(raw: readonly string[]): string {
    const parser = this.#trailerParser;
    parser.reset();
    let text = '';
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index] ?? '';
      if (!name.startsWith(':')) text += `${name}: ${raw[index + 1] ?? ''}\r\n`;
    }
    const bytes = Buffer.from(`${text}\r\n`, 'latin1');
    return parser.parse(bytes, 0, bytes.length) === bytes.length ? parser.lines : '';
  }
}

const UPGRADE_FIELDS = 3;

/** What asks for WebSocket in HTTP/1.1. The key is one of ours: over HTTP/2 there is none (RFC 8441, section 5). */
function upgradeFields(): string {
  const key = randomBytes(16).toString('base64');
  return `connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ${key}\r\n`;
}

interface Pseudo {
  method?: string;
  path?: string;
  authority?: string;
  protocol?: string;
}

interface Fields {
  readonly pseudo: Pseudo;
  /** Field lines without `Host`. */
  readonly fields: string;
  readonly count: number;
  readonly fault?: Fault;
}

function readFields(raw: readonly string[]): Fields {
  const pseudo: Pseudo = {};
  let fields = '';
  let count = 0;
  let cookie: string | undefined;
  let host: string | undefined;
  let fault: Fault | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    if (name === ':method') pseudo.method = value;
    else if (name === ':path') pseudo.path = value;
    else if (name === ':authority') pseudo.authority = value;
    else if (name === ':protocol') pseudo.protocol = value;
    else if (name.startsWith(':') || name === 'sec-websocket-key') continue;
    else if (name === 'cookie') cookie = cookie === undefined ? value : `${cookie}; ${value}`;
    else if (name === 'host') {
      if (host !== undefined) fault = 'hostRepeated';
      host = value;
    } else if (OF_CONNECTION.has(name)) fault = 'fieldNameMalformed';
    else {
      fields += `${name}: ${value}\r\n`;
      count += 1;
    }
  }
  if (cookie !== undefined) {
    fields += `cookie: ${cookie}\r\n`;
    count += 1;
  }
  if (pseudo.authority === undefined && host !== undefined) pseudo.authority = host;
  // Two hosts may be read as either (RFC 9113, 8.3.1).
  else if (host !== undefined && host.toLowerCase() !== pseudo.authority?.toLowerCase())
    fault = 'hostRepeated';
  return { pseudo, fields, count, ...(fault !== undefined && { fault }) };
}
