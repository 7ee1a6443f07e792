import type { CollectionShape, Description } from '../describe.ts';
import { fail } from '../errors.ts';
import { fieldsOf } from '../fields.ts';
import { fromAnswer } from '../messages.ts';
import type { Kind } from '../resources/index.ts';
import type { Json } from '../wire.ts';
import { ifPresent } from './answers.ts';
import { aspectsOf } from './aspects.ts';
import type { Context } from './context.ts';
import { TransportError, UnfinishedError } from './failures.ts';
import { readAll, rowsOf } from './pages.ts';
import { encodeId, fillPath, type Query } from './paths.ts';
import { poll } from './polling.ts';
import type { AnyObject, CallOptions } from './types.ts';

/** Reads the objects of a kind, in whichever way the service shows them. */
export interface Reader {
  /** Path of an object's own operations. */
  readonly itemPath: (address: Json) => string;
  /** The IDs of the parents. */
  readonly parentsOf: (value: Json) => Json;
  /** The object that an answer shows. `outcomeUnknown`: whether the answer is to a write. @throws TransportError without an ID. */
  readonly toObject: (body: Json, address: Json, outcomeUnknown?: boolean) => AnyObject;
  /** As `toObject`, without IDs that the service shows in the place of what was left out. */
  readonly shown: (
    body: Json,
    address: Json,
    options: CallOptions,
    outcomeUnknown?: boolean,
  ) => Promise<AnyObject>;
  /** The documented form of the objects below some parents; of brief lists, of each object a part. */
  readonly rows: (parents: Json, query: Query, options: CallOptions) => Promise<readonly Json[]>;
  /** The object, or undefined when it is not there. */
  readonly get: (address: Json, options?: CallOptions) => Promise<AnyObject | undefined>;
  /** The object once it is ready; at once for kinds that are made at once. @throws UnfinishedError when it does not get ready. */
  readonly whenReady: (address: Json, options: CallOptions) => Promise<AnyObject>;
  /** Returns once the object is not there any more. @throws UnfinishedError when it stays. */
  readonly whenGone: (address: Json, options: CallOptions) => Promise<void>;
}

/** The reader of a kind. */
export function createReader(description: Description, shape: CollectionShape, context: Context): Reader {
  const { transport, timing, readyTimeoutMs } = context;
  const { kind, title, path: template } = description;
  const { ready } = shape;
  const idKey = shape.idKey ?? 'id';

  const itemPath = (address: Json): string =>
    `${fillPath(template, address)}/${encodeId('id', address['id'])}`;

  const parentsOf = (value: Json): Json =>
    Object.fromEntries(description.parents.map((name) => [name, value[name]]));

  function toObject(body: Json, address: Json, outcomeUnknown = false): AnyObject {
    if (typeof body[idKey] === 'string') return fromAnswer(description, body, parentsOf(address));
    const message = `an answer about a kind of object, ${title}, holds no ID`;
    throw new TransportError({ code: 'ANSWER_INVALID', message, outcomeUnknown });
  }

  async function shown(
    body: Json,
    address: Json,
    { signal }: CallOptions,
    outcomeUnknown = false,
  ): Promise<AnyObject> {
    const own = await context.hideStandIn(description, body, parentsOf(address), signal);
    return toObject(own, address, outcomeUnknown);
  }

  async function rows(parents: Json, query: Query, options: CallOptions): Promise<readonly Json[]> {
    const { read } = shape;
    if (read.by !== 'parent') {
      const path = fillPath(template, parents);
      const list = (each: Query) => readAll(transport, path, shape.listKey, each, options.signal);
      const parts = await partialQueries(description, shape, context, parents, query, options);
      // An owner that is gone meanwhile has no objects.
      const all =
        parts === undefined
          ? await list(query)
          : (await Promise.all(parts.map((part) => ifPresent(list(part))))).flatMap((found) => found ?? []);
      // An object that is created meanwhile can push another one onto the next page.
      return [...new Map(all.map((row) => [row[idKey], row])).values()];
    }
    const path = fillPath(read.path, parents);
    const parent = await transport.call({ method: 'GET', path, signal: options.signal });
    const renamed = (row: Json) =>
      Object.fromEntries(Object.entries(row).map(([key, value]) => [read.rename[key] ?? key, value]));
    return rowsOf(parent, read.array, path).map(renamed);
  }

  /** What the object's own operation shows. */
  async function read(address: Json, options: CallOptions): Promise<Json | undefined> {
    const path = itemPath(address);
    if (shape.read.by === 'get') {
      return ifPresent(transport.call({ method: 'GET', path, signal: options.signal }));
    }
    const found = await ifPresent(rows(address, {}, options));
    return found?.find((row) => row[idKey] === address['id']);
  }

  /** The whole object, with what only operations of their own show. */
  async function complete(body: Json, address: Json, options: CallOptions): Promise<AnyObject> {
    const parts: Json[] = [];
    for (const { readPath, fields } of aspectsOf(description)) {
      const wires = fieldsOf(description.input).filter(({ name }) => fields.includes(name));
      if (readPath === undefined || wires.every(({ wire }) => body[wire] !== undefined)) continue;
      const path = `${itemPath(address)}/${readPath}`;
      const part = await ifPresent(transport.call({ method: 'GET', path, signal: options.signal }));
      parts.push(part ?? {});
    }
    return shown(Object.assign({}, ...parts, body) as Json, address, options);
  }

  async function get(address: Json, options: CallOptions = {}): Promise<AnyObject | undefined> {
    const body = await read(address, options);
    return body === undefined ? undefined : complete(body, address, options);
  }

  /** The value of the field that tells how far an object is. @throws UnfinishedError when it went wrong. */
  function stateOf(body: Json, address: Json): unknown {
    if (ready === undefined) return undefined;
    const object = toObject(body, address);
    const state = object[ready.field];
    if (typeof state !== 'string' || !ready.failed.test(state)) return state;
    throw new UnfinishedError(kind, object.id, `its ${ready.field} is ${state}`);
  }

  async function whenReady(address: Json, options: CallOptions): Promise<AnyObject> {
    const id = String(address['id']);
    const ask = async () => {
      const found = await read(address, options);
      // Every error of this sort has the ID in its message, which is all that the compiler is to know.
      if (found === undefined) throw fail(description.missing as 'apiNotFound', { id });
      return stateOf(found, address) === ready?.value ? found : undefined;
    };
    const limitMs = options.waitMs ?? readyTimeoutMs;
    const body = await poll(ask, limitMs, timing, options.signal);
    if (body !== undefined) return complete(body, address, options);
    throw new UnfinishedError(kind, id, `it is not ready after ${limitMs} ms`);
  }

  async function whenGone(address: Json, options: CallOptions): Promise<void> {
    const ask = async () => {
      const found = await read(address, options);
      if (found === undefined) return true;
      stateOf(found, address);
      return undefined;
    };
    const limitMs = options.waitMs ?? readyTimeoutMs;
    if ((await poll(ask, limitMs, timing, options.signal)) === true) return;
    throw new UnfinishedError(kind, String(address['id']), `it is not gone after ${limitMs} ms`);
  }

  return { itemPath, parentsOf, toObject, shown, rows, get, whenReady, whenGone };
}

/** The queries whose lists together are the list that is asked for; undefined where one will do. */
async function partialQueries(
  description: Description,
  { listsOf }: CollectionShape,
  context: Context,
  parents: Json,
  query: Query,
  options: CallOptions,
): Promise<readonly Query[] | undefined> {
  const field = fieldsOf(description.input).find(({ name }) => name === listsOf);
  if (field === undefined || query[field.wire] !== undefined) return undefined;
  // The field is marked with the kind of the objects of which the service makes lists.
  const owners = await context.collection(field.marks.ref as Kind).list(parents, {}, options);
  return owners.map(({ id }) => ({ ...query, [field.wire]: id }));
}
