import { destination, pino, symbols, type DestinationStream, type Logger } from 'pino';

/** Where the runtime reports what happens. */
export type Log = Logger;

/** How much is reported, from nothing to everything. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** One of the {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A log of JSON lines, on standard error unless told otherwise: standard output belongs to the line that says "ready". */
export function createLog(level: LogLevel, stream?: DestinationStream): Log {
  // Synchronous, so that the last line before an exit is written.
  return pino({ level, base: null }, stream ?? destination({ dest: 2, sync: true }));
}

/** Writes lines of JSON that are complete already, where a log writes its own. */
export function writeLines(log: Log, lines: string): void {
  const { [symbols.streamSym]: stream } = log as Log & Readonly<Record<symbol, DestinationStream>>;
  stream?.write(lines);
}
