import { ApigError } from '@apig/sdk/contract';

/*
 * What the runtime's own operations refuse. The documented API has no such operations and its catalogue no such codes,
 * so these begin with another word.
 */

/** A header of the runtime's own does not have the form that it must have. */
export function headerInvalid(name: string, reason: string): ApigError {
  return refusal('RUNTIME.0001', 400, `Invalid header ${name}: ${reason}`);
}

/** A document is no snapshot, or one that cannot be put in force. */
export function snapshotInvalid(reason: string): ApigError {
  return refusal('RUNTIME.0010', 400, `The snapshot is not valid: ${reason}`);
}

/** The secrets of a snapshot do not open. */
export function passphraseWrong(): ApigError {
  return refusal('RUNTIME.0011', 400, 'The secrets of the snapshot do not open with this passphrase.');
}

/** A snapshot would replace what is configured, and was not told to. */
export function configurationNotEmpty(): ApigError {
  return refusal(
    'RUNTIME.0012',
    409,
    'Something is configured already: give replace=true to have the snapshot in its place.',
  );
}

function refusal(code: string, status: number, message: string): ApigError {
  return new ApigError({ code, status, message });
}
