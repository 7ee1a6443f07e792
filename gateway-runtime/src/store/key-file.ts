import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, StartupError } from '../startup-error.ts';
import { createSeal, KEY_BYTES, type Seal } from './seal.ts';

/** Where the key is that seals secrets. */
export interface KeyFile {
  readonly path: string;
  /** Whether it is made when it is not there; a file that the operator names must be. */
  readonly isMade: boolean;
}

/**
 * The seal of the key in a file: 64 hex digits. `keyId` is that of the key with which a database was sealed; without
 * its key the database is of no use, so no other one is made or taken.
 *
 * @throws StartupError for a key that is missing, malformed, or not that of the database.
 */
export function openKeyFile({ path, isMade }: KeyFile, keyId: string | undefined): Seal {
  const text = readIfThere(path);
  if (text === undefined) {
    if (keyId === undefined && isMade) return makeKey(path);
    const why =
      keyId === undefined ? '' : `, and the secrets in the database are sealed with its key ${keyId}`;
    throw new StartupError('sealingKey', `the key file ${path} does not exist${why}`);
  }
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) {
    throw new StartupError('sealingKey', `the key file ${path} is not valid: expected 64 hex digits`);
  }
  const seal = createSeal(Buffer.from(text.trim(), 'hex'));
  if (keyId !== undefined && keyId !== seal.keyId) {
    throw new StartupError(
      'sealingKey',
      `the key file ${path} holds the key ${seal.keyId}, but the secrets in the database are sealed with ${keyId}`,
    );
  }
  return seal;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(path, 'read', error);
  }
}

function makeKey(path: string): Seal {
  const key = randomBytes(KEY_BYTES);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // A database that outlasts a power failure needs a key that does too: it is there whole, or not at all.
    const file = openSync(`${path}.new`, 'w', 0o600);
    writeSync(file, `${key.toString('hex')}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(`${path}.new`, path);
    const directory = openSync(dirname(path), 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch (error) {
    throw unusable(path, 'written', error);
  }
  return createSeal(key);
}

function unusable(path: string, done: string, error: unknown): StartupError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StartupError('sealingKey', `the key file ${path} cannot be ${done}: ${reason}`, error);
}
