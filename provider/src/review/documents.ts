import { ReviewError } from './plan.ts';

/*
 * The output of a command may hold lines beside its JSON: warnings of plug-ins, or one object a line. An object begins
 * with a brace at the start of a line and ends with the brace that closes it.
 */

/**
 * The JSON objects in a text, in their order.
 *
 * @param what what the text should be, as the subject of a sentence
 * @throws ReviewError when there is none, or when one is cut off
 */
export function readDocuments(text: string, what: string): readonly Record<string, unknown>[] {
  const clean = text.replace(/^\uFEFF/, '');
  if (clean.trim() === '') throw new ReviewError(`${what} is empty.`);
  const whole = parse(clean);
  if (whole !== undefined) return [whole];
  const found: Record<string, unknown>[] = [];
  let at = 0;
  for (;;) {
    const start = nextStart(clean, at);
    if (start === -1) break;
    const end = endOf(clean, start);
    if (end === -1) throw new ReviewError(`${what} ends in the middle: the command was cut off.`);
    const document = parse(clean.slice(start, end));
    if (document === undefined) throw new ReviewError(`${what} is no JSON.`);
    found.push(document);
    at = end;
  }
  if (found.length === 0) throw new ReviewError(`${what} is no JSON.`);
  return found;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // The only way to learn whether a text is JSON.
    return undefined;
  }
}

function nextStart(text: string, from: number): number {
  if (text[from] === '{' && (from === 0 || text[from - 1] === '\n')) return from;
  const line = text.indexOf('\n{', from);
  return line === -1 ? -1 : line + 1;
}

/** Position behind the brace that closes the one at the start; -1 when there is none. */
function endOf(text: string, start: number): number {
  let depth = 0;
  let isText = false;
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at];
    if (isText) {
      if (letter === '\\') at += 1;
      else if (letter === '"') isText = false;
    } else if (letter === '"') isText = true;
    else if (letter === '{') depth += 1;
    else if (letter === '}' && (depth -= 1) === 0) return at + 1;
  }
  return -1;
}
