/*
 * The first message of a TLS connection, as far as it names the server that is asked for.
 *
 * Records: type 22, two bytes of version, two of length, then that many bytes; the message may go over several. The
 * message: type 1, three bytes of length, two of version, 32 random ones, a session ID, ciphers and compressions, each
 * after its length (one, two, one bytes), then the extensions after theirs (two bytes): type, length and content. The
 * extension 0 holds a list of names, of which type 0 is a host name. Source: RFC 8446, sections 4.1.2 and 5.1; RFC 6066,
 * section 3.
 */

/** More bytes are needed to tell. */
export const INCOMPLETE = Symbol('incomplete');

/** What was found: a name in lower case, or undefined when none is named or the bytes are no such message. */
export type ServerName = string | undefined;

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const HOST_NAME = 0;
const RECORD_HEAD_BYTES = 5;

/** Reads the name of the server out of the first bytes of a connection. Throws nothing, whatever they are. */
export function readServerName(bytes: Buffer): ServerName | typeof INCOMPLETE {
  const message = readMessage(bytes);
  if (message === undefined || message === INCOMPLETE) return message;
  try {
    return nameIn(message);
  } catch {
    // A length leads out of the message: it is malformed, and the handshake will say so.
    return undefined;
  }
}

/** The whole first handshake message without its head. */
function readMessage(bytes: Buffer): Buffer | undefined | typeof INCOMPLETE {
  const parts: Buffer[] = [];
  let size = 0;
  for (let at = 0; ;) {
    if (bytes.length < at + RECORD_HEAD_BYTES) return at > 0 || isHandshake(bytes) ? INCOMPLETE : undefined;
    if (bytes[at] !== HANDSHAKE) return undefined;
    const end = at + RECORD_HEAD_BYTES + bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + RECORD_HEAD_BYTES, end));
    size += Math.min(end, bytes.length) - at - RECORD_HEAD_BYTES;
    const message = Buffer.concat(parts, size);
    if (size >= 4) {
      if (message[0] !== CLIENT_HELLO) return undefined;
      const length = message.readUIntBE(1, 3);
      if (size >= 4 + length) return message.subarray(4, 4 + length);
    }
    if (end > bytes.length) return INCOMPLETE;
    // Records without content would let a caller go on for ever.
    if (end === at + RECORD_HEAD_BYTES) return undefined;
    at = end;
  }
}

function isHandshake(bytes: Buffer): boolean {
  return bytes.length === 0 || bytes[0] === HANDSHAKE;
}

function nameIn(message: Buffer): ServerName {
  let at = 2 + 32;
  at += 1 + message.readUInt8(at);
  at += 2 + message.readUInt16BE(at);
  at += 1 + message.readUInt8(at);
  if (at === message.length) return undefined;
  const end = at + 2 + message.readUInt16BE(at);
  at += 2;
  while (at < end) {
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 2);
    if (type === 0) return hostName(message.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}

function hostName(extension: Buffer): ServerName {
  const end = 2 + extension.readUInt16BE(0);
  for (let at = 2; at < end;) {
    const length = extension.readUInt16BE(at + 1);
    if (extension.readUInt8(at) === HOST_NAME) {
      return extension.toString('latin1', at + 3, at + 3 + length).toLowerCase();
    }
    at += 3 + length;
  }
  return undefined;
}
