import { StartupError } from './startup-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'the port needs more rights',
  EADDRNOTAVAIL: 'the address is not one of this machine',
  ENOTFOUND: 'the host name is not known',
};

/** The error of a server that cannot listen, in words. Errors that are not about listening are returned as they are. */
export function listenError(what: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const place = error.address === undefined ? (error.hostname ?? '') : `${error.address}:${error.port ?? ''}`;
  const reason = REASONS[error.code] ?? error.message;
  return new StartupError('listen', `the ${what} cannot listen on ${place}: ${reason}`, error);
}

interface SystemError extends Error {
  readonly code: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
