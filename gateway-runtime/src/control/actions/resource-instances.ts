import { fail, type Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { ControlCall, ControlRoute } from '../call.ts';
import { viewOf, type ControlContext } from '../context.ts';
import { pageOf } from '../paging.ts';

type Gateway = Stored<'gateway'>;

/** Keys with their values, and values of each at most. */
const MAX_ITEMS = 20;

/** The one tag that the service itself gives to gateways. */
const ENTERPRISE_PROJECT = '_sys_enterprise_project_id';

/** Gateways of a project by their tags. Source: API reference, "Querying Gateways by Tag" and "Querying the Number of Gateways by Tag". */
export function resourceInstanceActions(context: ControlContext): readonly ControlRoute[] {
  const found = (call: ControlCall): readonly Gateway[] => {
    const matches = conditionsIn(call.body);
    return viewOf(context, call)
      .configuration.all('gateway')
      .filter((gateway) => gateway.body.projectId === call.account.projectId && matches(gateway))
      .toReversed();
  };
  return [
    {
      method: 'POST',
      path: 'resource-instances/filter',
      status: 200,
      answer: (call) => {
        const { offset, limit } = pageOf(call);
        const gateways = found(call);
        return {
          resources: gateways.slice(offset, offset + limit).map(shown),
          total_count: gateways.length,
        };
      },
    },
    {
      method: 'POST',
      path: 'resource-instances/count',
      status: 200,
      answer: (call) => ({ total_count: found(call).length }),
    },
  ];
}

function shown({ id, body }: Gateway): Json {
  return {
    resource_id: id,
    resource_name: body.name,
    // Misspelt so on the wire.
    resouce_detail: null,
    tags: Object.entries(body.tags ?? {}).map(([key, value]) => ({ key, value })),
  };
}

/**
 * What a body asks of gateways. Of several tags all must be there, of several values of one any; no values stand for
 * every one. Whoever asks for gateways without tags asks for no others.
 */
function conditionsIn(body: Json): (gateway: Gateway) => boolean {
  const { without_any_tag: isUntagged = false } = body;
  if (typeof isUntagged !== 'boolean') throw invalid('without_any_tag', 'expected true or false');
  const tags = tagsIn(body, 'tags');
  const systemTags = tagsIn(body, 'sys_tags');
  for (const { key } of systemTags) {
    if (key !== ENTERPRISE_PROJECT) throw invalid('sys_tags.key', `expected ${ENTERPRISE_PROJECT}`);
  }
  const names = namesIn(body);
  return ({ body: { name, enterpriseProjectId, tags: own = {} } }) =>
    (isUntagged
      ? Object.keys(own).length === 0
      : tags.every(({ key, values }) => Object.hasOwn(own, key) && isOneOf(own[key], values))) &&
    systemTags.every(({ values }) => isOneOf(enterpriseProjectId, values)) &&
    names.every((part) => name.includes(part));
}

function isOneOf(value: string | undefined, values: readonly string[]): boolean {
  return values.length === 0 || values.some((each) => each === value);
}

interface Tag {
  readonly key: string;
  readonly values: readonly string[];
}

function tagsIn(body: Json, field: string): readonly Tag[] {
  return itemsIn(body, field).map(({ key, values }) => {
    if (typeof key !== 'string' || key === '') throw invalid(`${field}.key`, 'expected a text');
    const given = values ?? [];
    if (!Array.isArray(given) || !given.every((value) => typeof value === 'string'))
      throw invalid(`${field}.values`, 'expected a list of texts');
    if (given.length > MAX_ITEMS) throw invalid(`${field}.values`, `expected at most ${MAX_ITEMS} items`);
    return { key, values: given };
  });
}

function namesIn(body: Json): readonly string[] {
  return itemsIn(body, 'matches').map(({ key, value }) => {
    if (key !== 'resource_name') throw invalid('matches.key', 'expected resource_name');
    if (typeof value !== 'string') throw invalid('matches.value', 'expected a text');
    return value;
  });
}

function itemsIn(body: Json, field: string): readonly Json[] {
  const items = body[field] ?? [];
  const isList = Array.isArray(items) && items.every((item) => typeof item === 'object' && item !== null);
  if (!isList) throw invalid(field, 'expected a list of objects');
  if (items.length > MAX_ITEMS) throw invalid(field, `expected at most ${MAX_ITEMS} items`);
  return items as readonly Json[];
}

function invalid(field: string, reason: string): Error {
  return fail('gatewayFieldInvalid', { reason, field });
}
