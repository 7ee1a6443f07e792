const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN: readonly number[] = [0x5b, 0x7b];
const CLOSE: readonly number[] = [0x5d, 0x7d];

/**
 * Whether a JSON text holds lists and objects within each other deeper than a limit. It is asked before the text is
 * parsed: what walks over a deep value later would use up the stack.
 */
export function isDeeperThan(limit: number, json: Uint8Array): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (isInText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isInText = false;
    } else if (byte === QUOTE) isInText = true;
    else if (OPEN.includes(byte)) {
      depth += 1;
      if (depth > limit) return true;
    } else if (CLOSE.includes(byte)) depth -= 1;
  }
  return false;
}
