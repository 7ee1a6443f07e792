import { randomBytes } from 'node:crypto';

/** A random text of hex digits, for keys and secrets that the service chooses. Starts with a letter, which all rules allow. */
export function randomHex(length: number): string {
  const text = randomBytes(Math.ceil(length / 2)).toString('hex');
  return `${String.fromCharCode(0x61 + (parseInt(text[0] ?? '0', 16) % 6))}${text.slice(1, length)}`;
}
