import { fail, isApigError, type ApigError } from '@apig/sdk/contract';
import { CallerGone } from './call.ts';
import { toBodyError } from './caller-body.ts';
import { UpstreamFailure } from './http1/upstream-failure.ts';

/** Whether a backend failed in a way that another attempt may mend. */
export function isBackendFailure(failure: unknown): boolean {
  return (
    isApigError(failure) &&
    (failure.name === 'backendTimeout' ||
      failure.name === 'backendUnavailable' ||
      failure.name === 'backendNameUnresolved')
  );
}

/** What a failed attempt means to the caller. */
export function toBackendError(error: unknown): ApigError | CallerGone {
  if (isApigError(error) || error instanceof CallerGone) return error;
  if (!(error instanceof UpstreamFailure)) return fail('internal', {}, { cause: error });
  const { kind, bodyFailure } = error;
  if (bodyFailure !== undefined) return toBodyError(bodyFailure);
  if (kind === 'timedOut') return fail('backendTimeout', {}, { cause: error });
  if (kind === 'nameUnresolved') return fail('backendNameUnresolved', {}, { cause: error });
  return fail('backendUnavailable', {}, { cause: error });
}
