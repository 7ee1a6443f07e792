import { descriptionOf, mapSecrets, type Json, type Kind, type SecretPath } from '@apig/sdk/contract';
import { keyOf, type Stored, type StoredKind } from './configuration.ts';
import { isSealed, type Seal } from './seal.ts';

/** Kinds that are described nowhere: the field that holds a described value, and its kind; none for those without. */
const UNDESCRIBED: Readonly<Partial<Record<StoredKind, readonly [field: string, kind: Kind] | null>>> = {
  apiVersion: ['definition', 'api'],
  publication: null,
  endpointPermission: null,
};

/** The body of an object with every secret in it as `change` makes it; undefined leaves it out. */
export function mapSecretsOf(
  kind: StoredKind,
  body: Json,
  change: (secret: unknown, path: SecretPath) => unknown,
): Json {
  const holder = UNDESCRIBED[kind];
  if (holder === null) return body;
  // A kind that is not in the table has a description.
  if (holder === undefined) return mapSecrets(descriptionOf(kind as Kind).input, body, change);
  const [field, described] = holder;
  const value = body[field];
  if (typeof value !== 'object' || value === null) return body;
  const mapped = mapSecrets(descriptionOf(described).input, value as Json, (secret, path) =>
    change(secret, [field, ...path]),
  );
  return mapped === value ? body : { ...body, [field]: mapped };
}

/** An object as it may be kept: with its secrets sealed, those that are not yet. */
export function sealSecrets(object: Stored, seal: Seal): Stored {
  const place = keyOf(object);
  return withBody(object, (secret, path) =>
    isSealed(secret) ? secret : seal.seal(secret, placeOf(object.kind, place, path)),
  );
}

/** An object that was kept, with its secrets. @throws UnopenedError */
export function openSecrets(object: Stored, seal: Seal): Stored {
  const place = keyOf(object);
  return withBody(object, (secret, path) => {
    if (!isSealed(secret)) return secret;
    const opened = seal.open(secret, placeOf(object.kind, place, path));
    if (opened === undefined) throw new UnopenedError(object, path, secret.key);
    return opened;
  });
}

/** A sealed secret does not open: another key sealed it, or it was changed. */
export class UnopenedError extends Error {
  override readonly name = 'UnopenedError';

  constructor({ kind, id }: Stored, path: SecretPath, keyId: string) {
    super(`${path.join('.')} of ${kind} ${id} does not open; the key ${keyId} sealed it`);
  }
}

function withBody(object: Stored, change: (secret: unknown, path: SecretPath) => unknown): Stored {
  const body = mapSecretsOf(object.kind, object.body as unknown as Json, change);
  // Of the same kind: only secrets differ, and those that left this process come back as they were.
  return { ...object, body: body as unknown as Stored['body'] };
}

function placeOf(kind: StoredKind, key: string, path: SecretPath): string {
  return `${kind}/${key}/${path.join('.')}`;
}
