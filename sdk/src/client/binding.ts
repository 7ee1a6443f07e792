import type { BindingShape, Description } from '../describe.ts';
import { ApigError, controlErrors } from '../errors.ts';
import { fieldsOf } from '../fields.ts';
import type { Kind } from '../resources/index.ts';
import type { Json } from '../wire.ts';
import { ifPresent } from './answers.ts';
import { idOf, textOf } from './answer-fields.ts';
import type { Context } from './context.ts';
import { NotPublishedError, UnfinishedError } from './failures.ts';
import { settled } from './input.ts';
import { readAll, rowsOf } from './pages.ts';
import { encodeId, fillPath } from './paths.ts';
import { poll } from './polling.ts';
import { publishIds } from './publish-ids.ts';
import type { AnyCollection, AnyObject, CallOptions } from './types.ts';

/** The tie of one API to a policy, key or app, in one environment. */
interface Tie {
  readonly apiId: string;
  readonly environmentId: string;
  readonly tieId: string;
}

/** One policy, key or app and one environment: what the ties of a binding have in common. */
interface Side {
  readonly gatewayId: string;
  readonly ownerId: string;
  readonly environmentId: string;
}

/**
 * The operations of bindings. The service knows single ties; a binding is the set of those that join one policy, key or
 * app with APIs in one environment. Its ID is `<owner ID>/<environment ID>`.
 */
export function createBindings(
  description: Description,
  shape: BindingShape,
  context: Context,
): AnyCollection {
  const { transport } = context;
  const { owner, bound } = shape;

  async function ties(
    { gatewayId, ownerId, environmentId }: Omit<Side, 'environmentId'> & { environmentId?: string },
    options: CallOptions,
  ): Promise<readonly Tie[]> {
    const path = `${fillPath(description.path, { gatewayId })}/${bound.path}`;
    const query = { [owner.query]: ownerId, env_id: environmentId };
    const rows = await ifPresent(readAll(transport, path, bound.listKey, query, options.signal));
    return (rows ?? [])
      .map((row) => ({
        apiId: idOf(row, bound.apiId),
        environmentId: textOf(row, 'env_id') ?? textOf(row, 'run_env_id') ?? environmentId ?? '',
        tieId: idOf(row, bound.bindingId),
      }))
      .filter((tie) => environmentId === undefined || tie.environmentId === environmentId);
  }

  /** Ties the APIs. The service replaces a tie to another policy, and leaves alone what is tied already. */
  async function bind(side: Side, apiIds: readonly string[], options: CallOptions): Promise<void> {
    if (apiIds.length === 0) return;
    const { gatewayId, ownerId, environmentId } = side;
    const body =
      shape.target === 'api'
        ? { env_id: environmentId, [owner.body]: [ownerId], api_ids: apiIds }
        : { [owner.body]: ownerId, publish_ids: await whenPublished(side, apiIds, options) };
    const path = fillPath(description.path, { gatewayId });
    const call = { method: 'POST', path, body, repeatable: true, signal: options.signal } as const;
    assertDone(rowsOf(await transport.call(call), shape.answerKey, path), side);
  }

  async function whenPublished(
    { gatewayId, environmentId }: Side,
    apiIds: readonly string[],
    options: CallOptions,
  ): Promise<readonly string[]> {
    let missing: readonly string[] = [];
    const found = await poll(
      async () => {
        const known = await publishIds(transport, { gatewayId, environmentId }, options.signal);
        const before = missing;
        missing = apiIds.filter((id) => !known.has(id));
        if (missing.length === 0) return apiIds.map((id) => known.get(id) ?? '');
        // No deployment is to be expected of an API that does not exist.
        if (before.length === 0) await assertExist(gatewayId, missing, options);
        return undefined;
      },
      context.waitForPublicationMs,
      context.timing,
      options.signal,
    );
    if (found === undefined) throw new NotPublishedError(description.title, missing, environmentId);
    return found;
  }

  async function assertExist(
    gatewayId: string,
    apiIds: readonly string[],
    options: CallOptions,
  ): Promise<void> {
    const path = fillPath('instances/{gatewayId}/apis', { gatewayId });
    for (const id of apiIds) {
      await transport.call({
        method: 'GET',
        path: `${path}/${encodeId('apiIds', id)}`,
        signal: options.signal,
      });
    }
  }

  function assertDone(rows: readonly Json[], { ownerId, environmentId }: Side): void {
    const results = rows.map((row) => (row['auth_result'] ?? {}) as Json);
    const failed = results.find((result) => result['status'] === 'FAILED');
    if (failed === undefined) return;
    const error = toError(failed);
    const some = results.some((result) => result['status'] === 'SUCCESS');
    throw some
      ? new UnfinishedError(description.kind, `${ownerId}/${environmentId}`, error.message, error)
      : error;
  }

  async function unbind(side: Side, gone: readonly Tie[], options: CallOptions): Promise<void> {
    const path = fillPath(description.path, { gatewayId: side.gatewayId });
    await Promise.all(
      gone.map(({ tieId }) => {
        const item = `${path}/${encodeId(bound.bindingId, tieId)}`;
        return ifPresent(transport.call({ method: 'DELETE', path: item, signal: options.signal }));
      }),
    );
  }

  const toObject = ({ gatewayId, ownerId, environmentId }: Side, apiIds: readonly string[]): AnyObject => ({
    gatewayId,
    [owner.field]: ownerId,
    environmentId,
    apiIds,
    id: `${ownerId}/${environmentId}`,
  });

  return {
    async create(input, options = {}) {
      const value = settled(description, input);
      const side = sideOf(value['gatewayId'], value[owner.field], value['environmentId']);
      const apiIds = value['apiIds'] as readonly string[];
      await bind(side, apiIds, options);
      return toObject(side, apiIds);
    },

    async get(address, options = {}) {
      const side = parseSide(address);
      const apiIds = within(
        address,
        (await ties(side, options)).map(({ apiId }) => apiId),
      );
      return apiIds.length === 0 ? undefined : toObject(side, apiIds);
    },

    async list(parents, filter = {}, options = {}) {
      const gatewayId = parents['gatewayId'];
      const kind = fieldsOf(description.input).find(({ name }) => name === owner.field)?.marks.ref as Kind;
      const one = filter[owner.field];
      const owners =
        typeof one === 'string'
          ? [one]
          : (await context.collection(kind).list({ gatewayId }, {}, options)).map(({ id }) => id);
      const found = await Promise.all(
        owners.map(async (ownerId) => {
          const { environmentId } = filter;
          const side = { gatewayId: String(gatewayId), ownerId };
          const all = await ties(
            typeof environmentId === 'string' ? { ...side, environmentId } : side,
            options,
          );
          const environments = [...new Set(all.map((tie) => tie.environmentId))];
          return environments.map((environment) => {
            const ties = all.filter((tie) => tie.environmentId === environment);
            return toObject(
              { ...side, environmentId: environment },
              ties.map(({ apiId }) => apiId),
            );
          });
        }),
      );
      const wanted = filter['apiIds'];
      return found.flat().filter((object) => wanted === undefined || sameSet(object['apiIds'], wanted));
    },

    async update(address, input, options = {}) {
      const side = parseSide(address);
      const value = settled(description, {
        ...input,
        gatewayId: side.gatewayId,
        [owner.field]: side.ownerId,
        environmentId: side.environmentId,
      });
      const apiIds = value['apiIds'] as readonly string[];
      const now = await ties(side, options);
      const tied = new Set(now.map(({ apiId }) => apiId));
      await bind(
        side,
        apiIds.filter((id) => !tied.has(id)),
        options,
      );
      const own = new Set(within(address, [...tied]));
      await unbind(
        side,
        now.filter(({ apiId }) => own.has(apiId) && !apiIds.includes(apiId)),
        options,
      );
      return toObject(side, apiIds);
    },

    async delete(address, options = {}) {
      const side = parseSide(address);
      const now = await ties(side, options);
      const own = new Set(
        within(
          address,
          now.map(({ apiId }) => apiId),
        ),
      );
      await unbind(
        side,
        now.filter(({ apiId }) => own.has(apiId)),
        options,
      );
    },
  };
}

function parseSide(address: Json): Side {
  const [ownerId, environmentId, more] = String(address['id']).split('/');
  if (more !== undefined) throw new TypeError('id: expected <owner ID>/<environment ID>');
  return sideOf(address['gatewayId'], ownerId, environmentId);
}

function sideOf(gatewayId: unknown, ownerId: unknown, environmentId: unknown): Side {
  if (typeof gatewayId !== 'string' || gatewayId === '') throw new TypeError('gatewayId: expected an ID');
  if (typeof ownerId !== 'string' || typeof environmentId !== 'string' || !ownerId || !environmentId) {
    throw new TypeError('id: expected <owner ID>/<environment ID>');
  }
  return { gatewayId, ownerId, environmentId };
}

/** Those IDs that an address is about, in its order: all, or the `apiIds` that it names. */
function within(address: Json, apiIds: readonly string[]): readonly string[] {
  const own = address['apiIds'];
  return Array.isArray(own)
    ? own.filter((id: unknown): id is string => apiIds.includes(id as string))
    : apiIds;
}

function sameSet(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((ids) => new Set(ids as readonly string[]));
  return a?.size === b?.size && [...(a ?? [])].every((id) => b?.has(id));
}

/** The error that one result of several reports. */
function toError(result: Json): ApigError {
  const code = textOf(result, 'error_code') ?? 'APIG.9999';
  const status = Object.values(controlErrors).find((entry) => entry.code === code)?.status ?? 400;
  const name = textOf(result, 'api_name');
  const api = name === undefined ? '' : `API ${name}: `;
  return new ApigError({ code, status, message: `${api}${textOf(result, 'error_msg') ?? 'it failed'}` });
}
