import { FIELD, type Head } from './head.ts';

/**
 * Which fields belong to one connection and are never sent on: those that frame or steer it, and those that
 * `Connection` names. Sources: RFC 9110, section 7.6.1; `Proxy-Connection` by old custom; `Expect` is answered here.
 */
export function isHopByHop(head: Head, index: number, connectionNames: readonly string[]): boolean {
  const kind = head.kind(index);
  if (kind !== FIELD.other && kind !== FIELD.host) return true;
  for (const name of connectionNames) if (head.isNamed(index, name)) return true;
  return false;
}

/**
 * The lines of all fields that may be sent on, as they stand in the head: what nobody changes is passed on as whole
 * stretches of text.
 *
 * @param isLeftOut further fields that stay behind
 */
export function forwardedText(
  head: Head,
  connectionNames: readonly string[],
  isLeftOut: (head: Head, index: number) => boolean,
): string {
  const { count, text } = head;
  let forwarded = '';
  let from = -1;
  for (let index = 0; index < count; index += 1) {
    const stays = isHopByHop(head, index, connectionNames) || isLeftOut(head, index);
    if (stays && from >= 0) {
      forwarded += text.slice(from, head.lineStart(index));
      from = -1;
    } else if (!stays && from < 0) from = head.lineStart(index);
  }
  return from < 0 ? forwarded : forwarded + text.slice(from, head.lineStart(count));
}
