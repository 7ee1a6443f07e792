import type { Description } from '../describe.ts';
import { fail } from '../errors.ts';
import { fromAnswer } from '../messages.ts';
import { descriptionOf } from '../resources/index.ts';
import type { Json } from '../wire.ts';
import { createActions } from './actions.ts';
import { ifPresent } from './answers.ts';
import { idOf, textOf } from './answer-fields.ts';
import type { Context } from './context.ts';
import { UnfinishedError } from './failures.ts';
import { settled } from './input.ts';
import { readAll } from './pages.ts';
import { encodeId, fillPath } from './paths.ts';
import { pairOf, parsePair, toPairId, type Pair } from './pair-id.ts';
import { environmentsOf, publishIdOf } from './publish-ids.ts';
import type { AnyCollection, AnyObject, CallOptions } from './types.ts';

/**
 * The operations of deployments: an API in force in an environment. With a version given, that version; without, the API
 * as it is now. The ID is `<API ID>/<environment ID>`.
 */
export function createPublications(description: Description, context: Context): AnyCollection {
  const { transport } = context;
  const { kind } = description;

  async function act(
    action: 'online' | 'offline',
    { gatewayId, objectId: apiId, environmentId }: Pair,
    remark: unknown,
    options: CallOptions,
  ): Promise<void> {
    const path = `${fillPath(description.path, { gatewayId })}/action`;
    const body = {
      action,
      api_id: apiId,
      env_id: environmentId,
      ...(remark === undefined ? {} : { remark }),
    };
    // Published twice, the same definition is in force.
    await transport.call({ method: 'POST', path, body, repeatable: true, signal: options.signal });
  }

  /** Puts an earlier version in force, unless it is. */
  async function goBack(pair: Pair, versionNo: string, options: CallOptions): Promise<void> {
    const { gatewayId, objectId: apiId, environmentId } = pair;
    const actions = createActions(transport);
    const versions = await actions.publications({ gatewayId, apiId, environmentId }, options);
    // Publications within one second have one number; the newest of them is meant.
    const wanted = versions.filter((version) => version.versionNo === versionNo);
    if (wanted.some(({ inForce }) => inForce)) return;
    const [newest] = wanted;
    if (newest === undefined) throw fail('apiVersionNotFound', { id: versionNo });
    await actions.switchVersion({ gatewayId, apiId, versionId: newest.versionId }, options);
  }

  async function read(pair: Pair, options: CallOptions): Promise<AnyObject | undefined> {
    const { gatewayId, objectId: apiId, environmentId } = pair;
    const path = fillPath(description.path, { gatewayId });
    const get = (below: string) =>
      transport.call({ method: 'GET', path: `${path}/${below}`, signal: options.signal });
    const item = encodeId('apiId', apiId);
    const [history, api] = await Promise.all([
      readAll(
        transport,
        `${path}/publish/${item}`,
        'api_versions',
        { env_id: environmentId },
        options.signal,
      ),
      get(item),
    ]);
    const inForce = history.find((entry) => entry['status'] === 1 && entry['env_id'] === environmentId);
    const publishId = publishIdOf(api, environmentId);
    if (inForce === undefined || publishId === undefined) return undefined;
    const versionId = idOf(inForce, 'version_id');
    const version = await context.hideStandIn(
      descriptionOf('api'),
      await get(`versions/${encodeId('versionId', versionId)}`),
      { gatewayId },
      options.signal,
    );
    const remark = textOf(inForce, 'remark');
    return {
      gatewayId,
      apiId,
      environmentId,
      apiDigest: fromAnswer(descriptionOf('api'), version, { gatewayId })['digest'],
      ...(remark === undefined || remark === '' ? {} : { remark }),
      versionId,
      versionNo: idOf(inForce, 'version_no'),
      publishId,
      id: toPairId(pair),
    };
  }

  async function publish(input: Json, options: CallOptions): Promise<AnyObject> {
    const value = settled(description, input);
    const pair = pairOf(value['gatewayId'], value['apiId'], value['environmentId']);
    const version = value['version'];
    if (typeof version === 'string') await goBack(pair, version, options);
    else await act('online', pair, value['remark'], options);
    // From here on it is published, whatever becomes of reading it.
    const published = await read(pair, options).catch((error: unknown) => {
      throw new UnfinishedError(kind, toPairId(pair), 'it could not be read', error);
    });
    if (published !== undefined) return published;
    throw new UnfinishedError(kind, toPairId(pair), 'another operation took it offline');
  }

  return {
    create: (input, options = {}) => publish(input, options),

    get: (address, options = {}) => ifPresent(read(parsePair(address), options)),

    async list(parents, filter = {}, options = {}) {
      const { gatewayId } = parents;
      const { apiId, environmentId } = filter;
      const path = fillPath(description.path, { gatewayId });
      const query = {
        ...(typeof apiId === 'string' ? { id: apiId } : {}),
        ...(typeof environmentId === 'string' ? { env_id: environmentId } : {}),
      };
      const apis = await readAll(transport, path, 'apis', query, options.signal);
      const pairs = apis.flatMap((api) =>
        environmentsOf(api).map((environment) => pairOf(gatewayId, api['id'], environment)),
      );
      const found = await Promise.all(
        pairs
          .filter((pair) => apiId === undefined || pair.objectId === apiId)
          .filter((pair) => environmentId === undefined || pair.environmentId === environmentId)
          .map((pair) => ifPresent(read(pair, options))),
      );
      return found
        .filter((object) => object !== undefined)
        .filter((object) => Object.entries(filter).every(([name, value]) => object[name] === value));
    },

    update: (address, input, options = {}) => {
      const { gatewayId, objectId: apiId, environmentId } = parsePair(address);
      return publish({ ...input, gatewayId, apiId, environmentId }, options);
    },

    async delete(address, options = {}) {
      await ifPresent(act('offline', parsePair(address), undefined, options));
    },
  };
}
