import { descriptionOf, fieldsOf, mapSecrets, type Json, type Kind } from '@apig/sdk/contract';
import { CREDENTIAL } from '../credential-names.ts';
import { UNKNOWN } from '../unknown.ts';
import { HIDDEN, isSecret, secretText } from './hidden.ts';

/** Key of the objects by which the engine marks what is no plain value. Source: Pulumi's SDK, `sig`. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
/** What the engine gives for values that are not known yet, by their type. Source: Pulumi's SDK, `plugin`. */
const UNKNOWNS = new Set([
  UNKNOWN,
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);

/** Takes secrets out of the properties of resources. */
export interface Sealer {
  /**
   * A copy of a resource's properties without what is the engine's own, in which every secret is a text that
   * `hidden.ts` describes and every unknown value is `UNKNOWN`.
   *
   * @param secret names of properties that the engine keeps as secrets
   */
  seal(kind: Kind | undefined, properties: unknown, secret: readonly string[]): Json;
}

/** Makes a sealer. Equal secrets have equal numbers among everything that one sealer has sealed. */
export function createSealer(): Sealer {
  const numbers = new Map<string, number>();
  const hide = (value: unknown): string => {
    if (isSecret(value)) return value;
    const text = JSON.stringify(value);
    const number = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, number);
    return secretText(number);
  };
  const copy = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') {
      if (UNKNOWNS.has(value)) return UNKNOWN;
      return CREDENTIAL_FIELD.test(name) && value !== '' ? hide(value) : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item: unknown) => copy(item, name));
    const object = value as Record<string, unknown>;
    // Its value may be known on one side only: two such secrets cannot be compared.
    if (SIGNATURE in object) return object[SIGNATURE] === SECRET ? HIDDEN : UNREADABLE;
    return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, copy(item, key)]));
  };

  return {
    seal(kind, properties, secret) {
      const given = typeof properties === 'object' && properties !== null ? properties : {};
      const own = Object.entries(given).filter(([name]) => !name.startsWith('__'));
      // What a description says of its fields is more than their names tell.
      const plain = Object.fromEntries(
        own.map(([name, value]) => [
          name,
          secret.includes(name) ? hideKnown(value, hide) : copy(value, kind === undefined ? name : ''),
        ]),
      );
      if (kind === undefined) return plain;
      const sealed = mapSecrets(descriptionOf(kind).input, plain, (value) => hideKnown(value, hide));
      return withoutCredentials(kind, sealed, hide);
    },
  };
}

/** Names that a value of another provider's resource, or one in a map, is not shown under. */
const CREDENTIAL_FIELD = CREDENTIAL;
/** In the place of assets and archives. */
const UNREADABLE = '[file]';

function hideKnown(value: unknown, hide: (value: unknown) => string): unknown {
  if (typeof value === 'string' && UNKNOWNS.has(value)) return UNKNOWN;
  if (typeof value === 'object' && value !== null && SIGNATURE in value) return HIDDEN;
  return value === undefined || value === null ? value : hide(value);
}

/** Credentials stand also where no description expects them: in constants for backends, and in texts that hold JSON. */
function withoutCredentials(kind: Kind, properties: Json, hide: (value: unknown) => string): Json {
  if (kind === 'api') return mapConstants(properties, hide) as Json;
  let result = properties;
  for (const { name, marks } of fieldsOf(descriptionOf(kind).input)) {
    const text = properties[name];
    if (marks.json !== true || typeof text !== 'string' || !CREDENTIAL.test(text)) continue;
    const content = parsed(text);
    if (content === undefined) continue;
    result = { ...result, [name]: JSON.stringify(mapNamed(content, '', hide)) };
  }
  return result;
}

function mapConstants(value: unknown, hide: (value: unknown) => string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => mapConstants(item, hide));
  const object = value as Json;
  const isConstant = object['origin'] === 'CONSTANT' && CREDENTIAL.test(String(object['name']));
  return Object.fromEntries(
    Object.entries(object).map(([name, item]) => [
      name,
      isConstant && name === 'value' ? hideKnown(item, hide) : mapConstants(item, hide),
    ]),
  );
}

function mapNamed(value: unknown, name: string, hide: (value: unknown) => string): unknown {
  if (typeof value === 'string') return value !== '' && CREDENTIAL.test(name) ? hide(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => mapNamed(item, name, hide));
  return Object.fromEntries(
    Object.entries(value as Json).map(([key, item]) => [key, mapNamed(item, key, hide)]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A text that is no JSON is a value as well.
    return undefined;
  }
}
