import { fail, type Json } from '@apig/sdk/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parseYaml } from './parse-yaml.ts';
import { isObject, own } from './values.ts';

/** Longest document. */
export const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

/** Deepest nesting; schemas of bodies may be deep, though nothing is made of them. */
const MAX_DEPTH = 64;

/** References that lead to references, at most. */
const MAX_HOPS = 32;

/** A document that is as its version of OpenAPI wants it. */
export interface SourceDocument {
  readonly version: '2.0' | '3.0';
  readonly root: Json;
  /** What stands where a reference leads; another value is itself. */
  readonly resolve: (value: unknown) => unknown;
}

/**
 * Reads a file. Nothing but its bytes is looked at: references lead to places in the document itself, or are refused.
 *
 * @throws importEmpty, importTooLong, importNotReadable, importVersionNotSupported or importSyntaxInvalid
 */
export async function readDocument(bytes: Uint8Array): Promise<SourceDocument> {
  if (bytes.length > MAX_DOCUMENT_BYTES) throw fail('importTooLong');
  const text = decode(bytes);
  if (text.trim() === '') throw fail('importEmpty');
  const root = await parseText(text);
  assertShallow(root);
  const version = versionOf(root);
  assertLocal(root);
  const { valid, errors } = await validator.validate(root);
  if (!valid) throw syntaxInvalid(faultOf(errors));
  return { version, root, resolve: (value) => resolve(root, value) };
}

const validator = new Validator();

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The decoder has no other way to say so.
    throw fail('importNotReadable');
  }
}

async function parseText(text: string): Promise<Json> {
  const value = parseJson(text) ?? (await parseYaml(text));
  // A text without any structure is YAML too, but not meant to be.
  if (!isObject(value)) throw fail('importNotReadable');
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // YAML may begin as JSON does, so what is no JSON may still be YAML.
    return undefined;
  }
}

function assertShallow(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  // An alias of YAML may hold itself.
  if (depth >= MAX_DEPTH) throw syntaxInvalid(`expected at most ${MAX_DEPTH} levels`);
  for (const item of Object.values(value)) assertShallow(item, depth + 1);
}

/** The version, written into the document as validation expects it: in YAML, `2.0` without quotes is a number. */
function versionOf(root: Json): SourceDocument['version'] {
  const { swagger, openapi } = root;
  if (swagger === '2.0' || swagger === 2) {
    root['swagger'] = '2.0';
    return '2.0';
  }
  if (openapi === 3 || openapi === '3.0') root['openapi'] = '3.0.0';
  else if (typeof openapi !== 'string' || !/^3\.0\.\d+$/.test(openapi)) {
    throw fail('importVersionNotSupported');
  }
  return '3.0';
}

/** @throws importSyntaxInvalid for a reference to anything outside the document */
function assertLocal(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    if (name === '$ref' && typeof item === 'string' && !item.startsWith('#')) {
      throw syntaxInvalid('expected references to places in the document itself');
    }
    assertLocal(item);
  }
}

function resolve(root: Json, value: unknown): unknown {
  let at = value;
  for (let hops = 0; isObject(at) && typeof own(at, '$ref') === 'string'; hops += 1) {
    if (hops >= MAX_HOPS) throw syntaxInvalid('expected references that lead somewhere');
    at = lookUp(root, String(at['$ref']));
  }
  return at;
}

/** What a JSON pointer in a fragment leads to. Source: RFC 6901, sections 4 and 6. */
function lookUp(root: Json, reference: string): unknown {
  let at: unknown = root;
  for (const step of decodeURIComponent(reference.slice(1)).split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as Json)[name] : undefined;
  }
  if (at === undefined) throw syntaxInvalid('expected references that lead somewhere');
  return at;
}

function syntaxInvalid(reason: string): Error {
  return fail('importSyntaxInvalid', { reason });
}

/** Where the first fault is and what was expected, without what was found there. */
function faultOf(errors: Awaited<ReturnType<Validator['validate']>>['errors']): string {
  if (!Array.isArray(errors)) return 'a reference cannot be followed';
  // Where many forms would do, the fault that lies deepest says most.
  const [first] = errors.toSorted((one, other) => depthOf(other) - depthOf(one));
  return first === undefined
    ? 'not as OpenAPI has it'
    : `${first.instancePath || '/'} ${first.message ?? ''}`;
}

function depthOf({ instancePath }: { readonly instancePath: string }): number {
  return instancePath.split('/').length;
}
