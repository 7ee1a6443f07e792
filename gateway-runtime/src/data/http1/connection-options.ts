import { isSameName } from './head.ts';

/** What a `Connection` field asks for. */
export interface ConnectionOptions {
  readonly close: boolean;
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
  /** Lower-case names of the fields that belong to this hop. */
  readonly names: readonly string[];
}

const NO_NAMES: readonly string[] = [];
const NOTHING: ConnectionOptions = { close: false, keepAlive: false, upgrade: false, names: NO_NAMES };
const CLOSE: ConnectionOptions = { ...NOTHING, close: true };
const KEEP_ALIVE: ConnectionOptions = { ...NOTHING, keepAlive: true };
const UPGRADE: ConnectionOptions = { ...NOTHING, upgrade: true };

/** Adds what a `Connection` field, from `start` to `end` of a text, asks for. Source: RFC 9110, section 7.6.1. */
export function addConnection(
  options: ConnectionOptions | undefined,
  text: string,
  start: number,
  end: number,
): ConnectionOptions {
  if (options === undefined) {
    // The usual values are told without making a string.
    const length = end - start;
    if (length === 10 && isSameName(text, start, 'keep-alive')) return KEEP_ALIVE;
    if (length === 5 && isSameName(text, start, 'close')) return CLOSE;
    if (length === 7 && isSameName(text, start, 'upgrade')) return UPGRADE;
  }
  return joinConnection(options ?? NOTHING, text.slice(start, end).toLowerCase());
}

function joinConnection(options: ConnectionOptions, text: string): ConnectionOptions {
  let { close, keepAlive, upgrade } = options;
  const names = [...options.names];
  for (const part of text.split(',')) {
    const name = part.trim();
    if (name === 'close') close = true;
    else if (name === 'keep-alive') keepAlive = true;
    else if (name === 'upgrade') upgrade = true;
    else if (name !== '') names.push(name);
  }
  return { close, keepAlive, upgrade, names };
}
