import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Json } from '@apig/sdk/contract';
import { STORED_KINDS, type ConfigurationReader } from '../store/configuration.ts';
import { createSeal, KEY_BYTES, type Seal } from '../store/seal.ts';
import { mapSecretsOf, sealSecrets } from '../store/secrets.ts';
import { valuesOf } from './lookup.ts';

/*
 * The whole configuration as one document. Its secrets are left out, or sealed with a key that is derived from a
 * passphrase by scrypt (RFC 7914); then the document says how.
 */

/** What the document says it is. */
export const SNAPSHOT_FORMAT = 'apig-snapshot';

/** The version of the format that is written, and the newest that is read. */
export const SNAPSHOT_VERSION = 1;

/** Parameters of scrypt: N, r, p. 32 MiB and some 100 ms for each guess. */
const COST = { N: 32_768, r: 8, p: 1 };
const SALT_BYTES = 16;

/** How the key of a document is derived from its passphrase. */
export interface KeyDerivation {
  readonly kdf: 'scrypt';
  /** Base64. */
  readonly salt: string;
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** A key that is derived from a passphrase, and how. */
export interface DerivedSeal {
  readonly seal: Seal;
  readonly derivation: KeyDerivation;
}

/** The document of a configuration; without a seal, without secrets. */
export function createSnapshot(
  configuration: ConfigurationReader,
  revision: number,
  sealing: DerivedSeal | undefined,
): Json {
  const objects = STORED_KINDS.flatMap((kind) => configuration.all(kind)).map((object) => {
    const { kind, id, createdAt, updatedAt } = object;
    const body =
      sealing === undefined
        ? mapSecretsOf(kind, valuesOf(object), () => undefined)
        : sealSecrets(object, sealing.seal).body;
    return { kind, id, body, created_at: createdAt, updated_at: updatedAt };
  });
  return {
    format: SNAPSHOT_FORMAT,
    version: SNAPSHOT_VERSION,
    revision,
    secrets: sealing === undefined ? 'omitted' : sealing.derivation,
    objects,
  };
}

/** A key for a new document. */
export function newSeal(passphrase: string): Promise<DerivedSeal> {
  return derive(passphrase, { kdf: 'scrypt', salt: randomBytes(SALT_BYTES).toString('base64'), ...COST });
}

/** The key of a document; undefined when it says how in words that are not understood, or asks for more work than is due. */
export async function sealOf(passphrase: string, derivation: unknown): Promise<DerivedSeal | undefined> {
  if (typeof derivation !== 'object' || derivation === null) return undefined;
  const { kdf, salt, N, r, p } = derivation as Readonly<Record<string, unknown>>;
  if (kdf !== 'scrypt' || typeof salt !== 'string' || salt.length > 100) return undefined;
  // The document is somebody's word: work and memory are what this version asks for.
  if (N !== COST.N || r !== COST.r || p !== COST.p) return undefined;
  return derive(passphrase, { kdf, salt, ...COST });
}

const scryptOf = promisify<string, Buffer, number, typeof COST & { maxmem: number }, Buffer>(scrypt);

async function derive(passphrase: string, derivation: KeyDerivation): Promise<DerivedSeal> {
  const maxmem = 256 * COST.N * COST.r;
  const salt = Buffer.from(derivation.salt, 'base64');
  const key = await scryptOf(passphrase, salt, KEY_BYTES, { ...COST, maxmem });
  return { seal: createSeal(key), derivation };
}
