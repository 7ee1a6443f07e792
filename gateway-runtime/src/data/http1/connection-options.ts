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

/** Reads the value of a `Connection` field. Source: RFC 9110, section 7.6.1. */
export function parseConnection(value: string): ConnectionOptions {
  const text = value.toLowerCase();
  if (text === 'keep-alive') return KEEP_ALIVE;
  if (text === 'close') return CLOSE;
  if (text === 'upgrade') return UPGRADE;
  return joinConnection(NOTHING, text);
}

/** The options of two `Connection` fields of one head. */
export function addConnection(options: ConnectionOptions | undefined, value: string): ConnectionOptions {
  return options === undefined ? parseConnection(value) : joinConnection(options, value.toLowerCase());
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
