import { HOST_LITERAL, HOST_NAME } from './characters.ts';

const OPEN = 91;
const CLOSE = 93;
const COLON = 58;

/**
 * Whether part of a text is a host with an optional port: a name or an IPv4 address, or an IPv6 address in brackets;
 * not empty, no user before it. Source: RFC 9112, section 3.2; RFC 9110, sections 4.2.1 and 4.2.4.
 */
export function isHost(text: string, start: number, end: number): boolean {
  let at = start;
  if (text.charCodeAt(at) === OPEN) {
    at += 1;
    const first = at;
    while (at < end && HOST_LITERAL[text.charCodeAt(at)] === 1) at += 1;
    if (at === first || at === end || text.charCodeAt(at) !== CLOSE) return false;
    at += 1;
  } else {
    while (at < end && HOST_NAME[text.charCodeAt(at)] === 1) at += 1;
    if (at === start) return false;
  }
  if (at === end) return true;
  if (text.charCodeAt(at) !== COLON) return false;
  if (end - at > 6) return false;
  for (at += 1; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
