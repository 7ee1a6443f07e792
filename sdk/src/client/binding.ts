import type { BindingShape, Description } from '../describe.ts';
import { fieldsOf } from '../fields.ts';
import type { Kind } from '../resources/index.ts';
import type { Json } from '../wire.ts';
import type { Context } from './context.ts';
import { settled } from './input.ts';
import { pairOf, parsePair, toPairId, type Pair } from './pair-id.ts';
import { createTies } from './ties.ts';
import type { AnyCollection, AnyObject } from './types.ts';

/**
 * The operations of bindings. The service knows single ties; a binding is the set of those that join one policy, key or
 * app with APIs in one environment. Its ID is `<owner ID>/<environment ID>`. Two programs may each have a part of the
 * set: an address with `apiIds` leaves the others alone.
 */
export function createBindings(
  description: Description,
  shape: BindingShape,
  context: Context,
): AnyCollection {
  const ties = createTies(description, shape, context);
  const ownerField = shape.owner.field;

  const toObject = (pair: Pair, apiIds: readonly string[]): AnyObject => ({
    gatewayId: pair.gatewayId,
    [ownerField]: pair.objectId,
    environmentId: pair.environmentId,
    apiIds,
    id: toPairId(pair),
  });

  /** IDs of the policies, keys or apps of a gateway. */
  async function owners(gatewayId: unknown, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const field = fieldsOf(description.input).find(({ name }) => name === ownerField);
    // The field of the owner is marked with the owner's kind.
    const all = await context.collection(field?.marks.ref as Kind).list({ gatewayId }, {}, { signal });
    return all.map(({ id }) => id);
  }

  return {
    async create(input, options = {}) {
      const value = settled(description, input);
      const pair = pairOf(value['gatewayId'], value[ownerField], value['environmentId']);
      await ties.bind(pair, apiIdsOf(value), options);
      return toObject(pair, apiIdsOf(value));
    },

    async get(address, options = {}) {
      const pair = parsePair(address);
      const tied = await ties.of(pair, options);
      const apiIds = within(
        address,
        tied.map(({ apiId }) => apiId),
      );
      return apiIds.length === 0 ? undefined : toObject(pair, apiIds);
    },

    async list(parents, filter = {}, options = {}) {
      const gatewayId = String(parents['gatewayId']);
      const { [ownerField]: owner, environmentId, apiIds } = filter;
      const found = await Promise.all(
        (typeof owner === 'string' ? [owner] : await owners(gatewayId, options.signal)).map(
          async (objectId) => {
            const environment = typeof environmentId === 'string' ? environmentId : undefined;
            const tied = await ties.of({ gatewayId, objectId, environmentId: environment }, options);
            return [...new Set(tied.map((tie) => tie.environmentId))].map((each) =>
              toObject(
                { gatewayId, objectId, environmentId: each },
                tied.filter((tie) => tie.environmentId === each).map(({ apiId }) => apiId),
              ),
            );
          },
        ),
      );
      return found
        .flat()
        .filter((object) => apiIds === undefined || isSameSet(apiIdsOf(object), apiIdsOf(filter)));
    },

    async update(address, input, options = {}) {
      const pair = parsePair(address);
      const { gatewayId, objectId, environmentId } = pair;
      const value = settled(description, { ...input, gatewayId, [ownerField]: objectId, environmentId });
      const wanted = apiIdsOf(value);
      const tied = await ties.of(pair, options);
      const present = tied.map(({ apiId }) => apiId);
      const own = within(address, present);
      const excess = tied.filter(({ apiId }) => own.includes(apiId) && !wanted.includes(apiId));
      await ties.bind(
        pair,
        wanted.filter((id) => !present.includes(id)),
        options,
      );
      await ties.unbind(pair, excess, options);
      return toObject(pair, wanted);
    },

    async delete(address, options = {}) {
      const pair = parsePair(address);
      const tied = await ties.of(pair, options);
      const own = within(
        address,
        tied.map(({ apiId }) => apiId),
      );
      await ties.unbind(
        pair,
        tied.filter(({ apiId }) => own.includes(apiId)),
        options,
      );
    },
  };
}

/** The API IDs of a settled value: the contract says that they are a list of texts. */
function apiIdsOf(value: Json): readonly string[] {
  return value['apiIds'] as readonly string[];
}

/** Those IDs that an address is about, in its order: all, or the `apiIds` that it names. */
function within(address: Json, apiIds: readonly string[]): readonly string[] {
  return address['apiIds'] === undefined ? apiIds : apiIdsOf(address).filter((id) => apiIds.includes(id));
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id) => other.includes(id));
}
