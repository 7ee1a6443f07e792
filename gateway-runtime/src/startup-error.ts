/** What kept the gateway from starting. */
export type StartupReason =
  'setting' | 'dataDirectory' | 'databaseNewer' | 'databaseInUse' | 'listen' | 'sealingKey';

/** The gateway cannot start, for a reason that its operator can mend. The message is one line and complete. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly reason: StartupReason;

  constructor(reason: StartupReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** The system's code of an error, such as `EADDRINUSE`. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
