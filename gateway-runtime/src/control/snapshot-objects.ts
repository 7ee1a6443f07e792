import {
  descriptionOf,
  fieldsOf,
  resources,
  secretsIn,
  settle,
  type Json,
  type Kind,
} from '@apig/sdk/contract';
import {
  Configuration,
  keyOf,
  STORED_KINDS,
  type ConfigurationReader,
  type Stored,
  type StoredKind,
} from '../store/configuration.ts';
import { isSealed, type Seal } from '../store/seal.ts';
import { openSecrets, UnopenedError } from '../store/secrets.ts';
import { brokenLinksOf, claimsOf, nameOf } from './consistency.ts';
import { isPermission, PERMISSION_FORM } from './endpoint-permission.ts';
import { valuesOf } from './lookup.ts';
import { passphraseWrong, snapshotInvalid } from './own-refusals.ts';

/** The objects of a document, in their order, with their secrets as far as the document has them. @throws what is wrong with them. */
export function objectsIn(objects: unknown, seal: Seal | undefined): readonly Stored[] {
  if (!Array.isArray(objects)) throw snapshotInvalid('objects: expected a list');
  return objects.map((value: unknown, index) => {
    const object = toObject(value, `objects.${String(index)}`);
    if (seal === undefined) return object;
    try {
      return openSecrets(object, seal);
    } catch (error) {
      if (error instanceof UnopenedError) throw passphraseWrong();
      throw error;
    }
  });
}

/** The object with the secrets that it lacks, from what is configured under its name now. */
export function withKnownSecrets(object: Stored, configuration: ConfigurationReader): Stored {
  const known = configuration.get(object.kind, keyOf(object));
  if (known === undefined || !hasDescription(object.kind)) return object;
  const { input } = descriptionOf(object.kind);
  const [before, values] = [valuesOf(known), valuesOf(object)];
  const missing = secretsIn(input, before)
    .filter(([name, ...below]) => below.length === 0 && values[String(name)] === undefined)
    .map(([name]) => String(name));
  if (missing.length === 0) return object;
  const secrets = Object.fromEntries<unknown>(missing.map((name) => [name, before[name]]));
  return { ...object, body: { ...object.body, ...secrets } };
}

/** A configuration of the given objects. @throws the first thing that keeps them from being one. */
export function assertWhole(objects: readonly Stored[]): Configuration {
  const configuration = new Configuration(objects);
  const keys = new Set<string>();
  const claims = new Map<string, Stored>();
  for (const object of objects) {
    const key = `${object.kind}/${keyOf(object)}`;
    if (keys.has(key)) throw snapshotInvalid(`${nameOf(object)} is there twice`);
    keys.add(key);
    assertSettled(object);
    const [link] = brokenLinksOf(object, configuration);
    if (link !== undefined) {
      throw snapshotInvalid(`${nameOf(object)}: ${link.field} names ${nameOf(link)}, which is not there`);
    }
    for (const claim of claimsOf(object)) {
      const other = claims.get(claim);
      if (other !== undefined)
        throw snapshotInvalid(`${nameOf(object)} and ${nameOf(other)} exclude each other`);
      claims.set(claim, object);
    }
  }
  return configuration;
}

function toObject(value: unknown, path: string): Stored {
  if (typeof value !== 'object' || value === null) throw snapshotInvalid(`${path}: expected an object`);
  const { kind, id, body, created_at, updated_at } = value as Readonly<Record<string, unknown>>;
  if (!(STORED_KINDS as readonly unknown[]).includes(kind)) throw snapshotInvalid(`${path}.kind: unknown`);
  if (typeof id !== 'string' || !/^[\w-]{1,100}$/.test(id)) {
    throw snapshotInvalid(`${path}.id: expected up to 100 letters, digits, _ and -`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw snapshotInvalid(`${path}.body: expected an object`);
  }
  return {
    kind: kind as StoredKind,
    id,
    // Looked at closely when all secrets are there: see assertWhole.
    body: body as Stored['body'],
    createdAt: timeIn(created_at, `${path}.created_at`),
    updatedAt: timeIn(updated_at, `${path}.updated_at`),
  };
}

function timeIn(value: unknown, path: string): string {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return value;
  throw snapshotInvalid(`${path}: expected a time such as 2026-01-31T12:00:00.000Z`);
}

/** @throws the first fault of what the object's description says of it, or of its form where it has none. */
function assertSettled(object: Stored): void {
  const values = valuesOf(object);
  for (const [name, value] of Object.entries(values)) {
    if (name.endsWith('Id') && typeof value !== 'string') throw fault(object, name, 'expected a text');
  }
  if (object.kind === 'publication') return;
  if (object.kind === 'endpointPermission') {
    if (!isPermission(values['permission'])) throw fault(object, 'permission', PERMISSION_FORM);
    return;
  }
  if (object.kind === 'apiVersion') {
    const { definition } = values;
    if (typeof definition !== 'object' || definition === null)
      throw fault(object, 'definition', 'expected an API');
    assertDescribed(object, 'api', definition as Json);
    return;
  }
  if (object.kind === 'loadBalanceChannel') assertPartsNamed(object, ['members', 'memberGroups'], values);
  // Ties are described as sets, and stored one by one.
  if (isDescribed(object.kind)) assertDescribed(object, object.kind, values);
}

/** @throws a fault for a part without an ID of its own, by which it is found. */
function assertPartsNamed(object: Stored, names: readonly string[], values: Json): void {
  for (const name of names) {
    const parts = Array.isArray(values[name]) ? (values[name] as readonly unknown[]) : [];
    const ids = parts.map((part) =>
      typeof part === 'object' && part !== null && 'id' in part ? part.id : '',
    );
    const isNamed = (id: unknown) => typeof id === 'string' && id !== '';
    if (!ids.every(isNamed) || new Set(ids).size < ids.length) {
      throw fault(object, name, 'expected an ID of its own for each');
    }
  }
}

/** What the service chooses only for an object that has another field, and that field. */
const CHOSEN_BESIDE: Readonly<Record<string, string>> = {
  'domain.verifyClientCertificate': 'certificateId',
};

function assertDescribed(object: Stored, kind: Kind, values: Json): void {
  const description = descriptionOf(kind);
  const fields = fieldsOf(description.input);
  for (const { name, marks } of fields) {
    const value = values[name];
    // Once stored, what the service chooses is there.
    const condition = CHOSEN_BESIDE[`${kind}.${name}`];
    const isChosen = marks.generated && (condition === undefined || values[condition] !== undefined);
    if (value === undefined && isChosen) throw fault(object, name, 'expected a value');
    if (marks.secret && isSealed(value)) throw passphraseWrong();
  }
  const input = Object.fromEntries(fields.map(({ name }) => [name, values[name]]));
  const [first] = settle(description, input).faults;
  if (first !== undefined) throw fault(object, first.path.join('.'), first.message);
}

function hasDescription(kind: StoredKind): kind is StoredKind & Kind {
  return Object.hasOwn(resources, kind);
}

function isDescribed(kind: StoredKind): kind is StoredKind & Kind {
  if (!hasDescription(kind)) return false;
  // Those that are stored as they are described: of the others, the description is a set of what is stored.
  return ['collection', 'singleton'].includes(descriptionOf(kind).operations.shape);
}

function fault(object: Stored, path: string, message: string): Error {
  return snapshotInvalid(`${nameOf(object)}: ${path}: ${message}`);
}
