import type { BindingShape, Description } from '../describe.ts';
import { ApigError, controlErrors } from '../errors.ts';
import type { Json } from '../wire.ts';
import { idOf, textOf } from './answer-fields.ts';
import { ifPresent } from './answers.ts';
import type { Context } from './context.ts';
import { NotPublishedError, UnfinishedError } from './failures.ts';
import { readAll, rowsOf } from './pages.ts';
import { toPairId, type Pair } from './pair-id.ts';
import { encodeId, fillPath } from './paths.ts';
import { poll } from './polling.ts';
import { publishIds } from './publish-ids.ts';
import type { CallOptions } from './types.ts';

/** The tie of one API to a policy, key or app, in one environment. */
export interface Tie {
  readonly apiId: string;
  readonly environmentId: string;
  readonly tieId: string;
}

/** The operations on single ties, as the service has them. */
export interface Ties {
  /** Those of an owner, in one environment or in all. */
  of(
    owner: Omit<Pair, 'environmentId'> & { readonly environmentId?: string | undefined },
    options: CallOptions,
  ): Promise<readonly Tie[]>;
  /** Ties APIs. The service replaces a tie to another policy, and leaves alone what is tied already. */
  bind(pair: Pair, apiIds: readonly string[], options: CallOptions): Promise<void>;
  /** Removes ties, also those that are gone already. */
  unbind(pair: Pair, ties: readonly Tie[], options: CallOptions): Promise<void>;
}

/** The ties of one kind of binding. */
export function createTies(description: Description, shape: BindingShape, context: Context): Ties {
  const { transport } = context;
  const { owner, byOwner, bound } = shape;

  const pathOf = (gatewayId: string, ownerId: string): string => {
    const path = fillPath(description.path, { gatewayId });
    return byOwner ? `${path}/${encodeId(owner.field, ownerId)}` : path;
  };

  return {
    async of({ gatewayId, objectId, environmentId }, { signal }) {
      const path = `${pathOf(gatewayId, objectId)}/${bound.path}`;
      const query = { ...(byOwner ? {} : { [owner.query]: objectId }), env_id: environmentId };
      const rows = await ifPresent(readAll(transport, path, bound.listKey, query, signal));
      return (rows ?? [])
        .map((row) => ({
          apiId: idOf(row, bound.apiId),
          environmentId: textOf(row, 'env_id') ?? textOf(row, 'run_env_id') ?? environmentId ?? '',
          tieId: idOf(row, bound.bindingId),
        }))
        .filter((tie) => environmentId === undefined || tie.environmentId === environmentId);
    },

    async bind(pair, apiIds, options) {
      if (apiIds.length === 0) return;
      const { gatewayId, objectId, environmentId } = pair;
      if (byOwner) {
        await whenPublished(description, context, pair, apiIds, options);
        const path = `${pathOf(gatewayId, objectId)}/${byOwner.attach}`;
        const body = { env_id: environmentId, api_ids: apiIds };
        await transport.call({ method: 'POST', path, body, repeatable: true, signal: options.signal });
        return;
      }
      const body =
        shape.target === 'api'
          ? { env_id: environmentId, [owner.body]: [objectId], api_ids: apiIds }
          : {
              [owner.body]: objectId,
              publish_ids: await whenPublished(description, context, pair, apiIds, options),
            };
      const path = fillPath(description.path, { gatewayId });
      const call = { method: 'POST', path, body, repeatable: true, signal: options.signal } as const;
      assertDone(description, pair, rowsOf(await transport.call(call), shape.answerKey, path));
    },

    async unbind({ gatewayId, objectId, environmentId }, ties, { signal }) {
      if (byOwner) {
        if (ties.length === 0) return;
        const below = `${pathOf(gatewayId, objectId)}/${byOwner.detach}`;
        const body = { env_id: environmentId, api_ids: ties.map(({ apiId }) => apiId) };
        await ifPresent(transport.call({ method: 'PUT', path: below, body, signal }));
        return;
      }
      const path = fillPath(description.path, { gatewayId });
      await Promise.all(
        ties.map(({ tieId }) => {
          const item = `${path}/${encodeId(bound.bindingId, tieId)}`;
          return ifPresent(transport.call({ method: 'DELETE', path: item, signal }));
        }),
      );
    },
  };
}

/** The publish IDs of APIs, once all are published: their deployments may be under way at the same time. */
async function whenPublished(
  { title }: Description,
  { transport, timing, waitForPublicationMs }: Context,
  { gatewayId, environmentId }: Pair,
  apiIds: readonly string[],
  { signal, waitMs }: CallOptions,
): Promise<readonly string[]> {
  let missing: readonly string[] = [];
  const found = await poll(
    async () => {
      const known = await publishIds(transport, { gatewayId, environmentId }, signal);
      const isFirst = missing.length === 0;
      missing = apiIds.filter((id) => !known.has(id));
      if (missing.length === 0) return apiIds.map((id) => known.get(id) ?? '');
      if (isFirst) await assertExist(missing);
      return undefined;
    },
    waitMs ?? waitForPublicationMs,
    timing,
    signal,
  );
  if (found === undefined) throw new NotPublishedError(title, missing, environmentId);
  return found;

  /** No deployment is to be expected of an API that does not exist. */
  async function assertExist(ids: readonly string[]): Promise<void> {
    const path = fillPath('instances/{gatewayId}/apis', { gatewayId });
    for (const id of ids) {
      await transport.call({ method: 'GET', path: `${path}/${encodeId('apiIds', id)}`, signal });
    }
  }
}

/** An answer about several ties is a success even when some of them failed. */
function assertDone({ kind }: Description, pair: Pair, rows: readonly Json[]): void {
  const results = rows.map((row) => (row['auth_result'] ?? {}) as Json);
  const failed = results.find((result) => result['status'] === 'FAILED');
  if (failed === undefined) return;
  const error = toError(failed);
  const isPartial = results.some((result) => result['status'] === 'SUCCESS');
  throw isPartial ? new UnfinishedError(kind, toPairId(pair), error.message, error) : error;
}

/** The error that one result of several reports. */
function toError(result: Json): ApigError {
  const code = textOf(result, 'error_code') ?? controlErrors.unknownFault.code;
  // A result has no status of its own.
  const status = Object.values(controlErrors).find((entry) => entry.code === code)?.status ?? 400;
  const name = textOf(result, 'api_name');
  const api = name === undefined ? '' : `API ${name}: `;
  return new ApigError({ code, status, message: `${api}${textOf(result, 'error_msg') ?? 'it failed'}` });
}
