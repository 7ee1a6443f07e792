import type { Description } from '../describe.ts';
import { TransportError } from './failures.ts';
import { fromAnswer } from '../messages.ts';
import { descriptionOf } from '../resources/index.ts';
import type { Json } from '../wire.ts';
import { ifPresent } from './answers.ts';
import { idOf, textOf } from './answer-fields.ts';
import type { Context } from './context.ts';
import { settled } from './input.ts';
import { readAll } from './pages.ts';
import { encodeId, fillPath } from './paths.ts';
import { environmentsOf, publishIdOf } from './publish-ids.ts';
import type { AnyCollection, AnyObject, CallOptions } from './types.ts';

/** An API and an environment. */
interface Place {
  readonly gatewayId: string;
  readonly apiId: string;
  readonly environmentId: string;
}

/** The operations of deployments: an API in force in an environment. The ID is `<API ID>/<environment ID>`. */
export function createPublications(description: Description, context: Context): AnyCollection {
  const { transport } = context;

  async function act(
    action: 'online' | 'offline',
    { gatewayId, apiId, environmentId }: Place,
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

  async function read(place: Place, options: CallOptions): Promise<AnyObject | undefined> {
    const { gatewayId, apiId, environmentId } = place;
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
    const version = await get(`versions/${encodeId('versionId', versionId)}`);
    const remark = textOf(inForce, 'remark');
    return {
      ...place,
      apiDigest: fromAnswer(descriptionOf('api'), version, { gatewayId })['digest'],
      ...(remark === undefined || remark === '' ? {} : { remark }),
      versionId,
      versionNo: idOf(inForce, 'version_no'),
      publishId,
      id: `${apiId}/${environmentId}`,
    };
  }

  async function publish(input: Json, options: CallOptions): Promise<AnyObject> {
    const value = settled(description, input);
    const place = placeOf(value['gatewayId'], value['apiId'], value['environmentId']);
    await act('online', place, value['remark'], options);
    const published = await ifPresent(read(place, options));
    if (published !== undefined) return published;
    const message = `API ${place.apiId} was published in environment ${place.environmentId} but is not in force there`;
    throw new TransportError({ code: 'ANSWER_INVALID', message, outcomeUnknown: true });
  }

  return {
    create: (input, options = {}) => publish(input, options),

    get: (address, options = {}) => ifPresent(read(parsePlace(address), options)),

    async list(parents, filter = {}, options = {}) {
      const { gatewayId } = parents;
      const { apiId, environmentId } = filter;
      const path = fillPath(description.path, { gatewayId });
      const query = {
        ...(typeof apiId === 'string' ? { id: apiId } : {}),
        ...(typeof environmentId === 'string' ? { env_id: environmentId } : {}),
      };
      const apis = await readAll(transport, path, 'apis', query, options.signal);
      const places = apis.flatMap((api) =>
        environmentsOf(api).map((environment) => placeOf(gatewayId, api['id'], environment)),
      );
      const found = await Promise.all(
        places
          .filter((place) => apiId === undefined || place.apiId === apiId)
          .filter((place) => environmentId === undefined || place.environmentId === environmentId)
          .map((place) => ifPresent(read(place, options))),
      );
      return found
        .filter((object) => object !== undefined)
        .filter((object) => Object.entries(filter).every(([name, value]) => object[name] === value));
    },

    update: (address, input, options = {}) => publish({ ...input, ...parsePlace(address) }, options),

    async delete(address, options = {}) {
      await ifPresent(act('offline', parsePlace(address), undefined, options));
    },
  };
}

function parsePlace(address: Json): Place {
  const [apiId, environmentId, more] = String(address['id']).split('/');
  if (more !== undefined) throw new TypeError('id: expected <API ID>/<environment ID>');
  return placeOf(address['gatewayId'], apiId, environmentId);
}

function placeOf(gatewayId: unknown, apiId: unknown, environmentId: unknown): Place {
  if (typeof gatewayId !== 'string' || gatewayId === '') throw new TypeError('gatewayId: expected an ID');
  if (typeof apiId !== 'string' || typeof environmentId !== 'string' || !apiId || !environmentId) {
    throw new TypeError('id: expected <API ID>/<environment ID>');
  }
  return { gatewayId, apiId, environmentId };
}
