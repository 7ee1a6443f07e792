import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { descriptionOf, fieldsOf, type Json, type Kind } from '@apig/sdk/contract';
import { check } from '../../provider/src/check.ts';
import { diff } from '../../provider/src/diff.ts';
import { UNKNOWN } from '../../provider/src/unknown.ts';
import { KINDS, SAMPLES } from './samples.ts';
import { scramble } from './scramble.ts';

const settled = (kind: Kind, change: object = {}) =>
  check(descriptionOf(kind), { ...SAMPLES[kind], ...change }).inputs;

const SOME_OUTPUTS = { createTime: '2026-01-01T00:00:00Z', status: 'Running', bindNum: 3, versionId: 'v' };

const compare = (kind: Kind, before: object, after: object) => {
  const { changed, ...rest } = diff(
    descriptionOf(kind),
    { ...settled(kind, before), ...SOME_OUTPUTS, __provider: 'old text' },
    { ...settled(kind, after), __provider: 'new text' },
  );
  return { ...rest, changed: changed.map(({ name }) => name) };
};

const NO_CHANGE = { changes: false, replaces: [], changed: [] };

/** A permutation drawn by fast-check. */
const shuffles = fc.infiniteStream(fc.nat()).map((numbers) => <T>(items: readonly T[]): T[] => {
  const weights = items.map((item) => ({ item, weight: Number(numbers.next().value) }));
  return weights.sort((a, b) => a.weight - b.weight).map(({ item }) => item);
});

describe('nothing changes', () => {
  test.each(KINDS)('when a %s is asked for as it is, in whatever order', (kind) => {
    const description = descriptionOf(kind);
    const value = settled(kind);
    fc.assert(
      fc.property(shuffles, (shuffle) => {
        const other = scramble(description.input, value, shuffle) as Json;
        expect(diff(description, value, other)).toMatchObject({ changes: false, changed: [] });
        expect(diff(description, other, value)).toMatchObject({ changes: false, changed: [] });
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test.each(KINDS)('when a %s was stored before its defaults were known', (kind) => {
    const description = descriptionOf(kind);
    const value = settled(kind);
    const isDefault = (name: string) =>
      JSON.stringify(
        fieldsOf(description.input)
          .find((field) => field.name === name)
          ?.schema.safeParse(undefined).data,
      ) === JSON.stringify(value[name]);
    const older = Object.fromEntries(Object.entries(value).filter(([name]) => !isDefault(name)));
    expect(diff(description, older, value)).toMatchObject(NO_CHANGE);
  });

  test.each<[string, Kind, object, object]>([
    ['outputs and the text of the provider', 'throttle', {}, {}],
    ['a generated key that is left out', 'app', {}, { appKey: undefined, appSecret: undefined }],
    ['a default that is written out', 'throttle', {}, { scope: 'API' }],
    ['an empty text and none', 'throttle', { remark: '' }, { remark: undefined }],
    ['an empty map and none', 'gateway', { tags: {} }, { tags: undefined }],
    [
      'an empty list and none',
      'api',
      { httpPolicies: [], tags: [] },
      { httpPolicies: undefined, tags: undefined },
    ],
    ['the order of members', 'aclBinding', {}, { apiIds: ['api-2', 'api-1'] }],
  ])('by %s', (_, kind, before, after) => {
    expect(compare(kind, before, after)).toMatchObject(NO_CHANGE);
  });

  test('by a newer default inside an object', () => {
    const older = { ...(settled('api')['httpBackend'] as Json), retryCount: undefined };
    const { changed } = diff(descriptionOf('api'), { ...settled('api'), httpBackend: older }, settled('api'));
    expect(changed).toEqual([]);
  });
});

describe('a change', () => {
  test.each<[string, Kind, object, object, object]>([
    ['in place', 'throttle', {}, { apiCallLimit: 200 }, { changed: ['apiCallLimit'], replaces: [] }],
    [
      'of a name, in place',
      'throttle',
      {},
      { name: 'silver' },
      { changed: ['name'], replaces: [], deleteBeforeReplace: false },
    ],
    [
      'of a member',
      'throttleBinding',
      {},
      { apiIds: ['api-1', 'api-2'] },
      { changed: ['apiIds'], replaces: [] },
    ],
    [
      'of the order of what has an order',
      'api',
      {},
      { backendParameters: (SAMPLES.api.backendParameters as unknown[]).toReversed() },
      { changed: ['backendParameters', 'digest'], replaces: [] },
    ],
    [
      'inside an object',
      'api',
      {},
      { httpBackend: { ...SAMPLES.api.httpBackend, timeoutMs: 9 } },
      { changed: ['httpBackend', 'digest'], replaces: [] },
    ],
    [
      'of a generated key that is given',
      'app',
      {},
      { appSecret: 'another-secret' },
      { changed: ['appSecret'], replaces: [] },
    ],
    ['to a default', 'throttle', { scope: 'SHARED' }, {}, { changed: ['scope'], replaces: [] }],
    [
      'to nothing',
      'throttle',
      {},
      { userCallLimit: undefined },
      { changed: ['userCallLimit'], replaces: [] },
    ],
    [
      'of a parent, beside the old object',
      'throttle',
      {},
      { gatewayId: 'gateway-2' },
      { replaces: ['gatewayId'], deleteBeforeReplace: false },
    ],
    [
      'that keeps the name, after the old object',
      'acl',
      {},
      { entityType: 'DOMAIN', values: ['someone'] },
      { changed: ['entityType', 'values'], replaces: ['entityType'], deleteBeforeReplace: true },
    ],
    [
      'of a domain to another group',
      'domain',
      {},
      { groupId: 'group-2' },
      { replaces: ['groupId'], deleteBeforeReplace: true },
    ],
    [
      'of a domain to another name',
      'domain',
      {},
      { name: 'www.example.com' },
      { replaces: ['name'], deleteBeforeReplace: false },
    ],
    [
      'of an AppCode that was generated',
      'appCode',
      { code: undefined },
      { code: undefined, appId: 'app-2' },
      { replaces: ['appId'], deleteBeforeReplace: false },
    ],
    ['to a larger edition', 'gateway', {}, { edition: 'PLATINUM' }, { changed: ['edition'], replaces: [] }],
    [
      'to a smaller edition',
      'gateway',
      {},
      { edition: 'BASIC' },
      { changed: ['edition'], replaces: ['edition'], deleteBeforeReplace: true },
    ],
    [
      'of the owner of a binding',
      'throttleBinding',
      {},
      { throttleId: 'throttle-2' },
      { replaces: ['throttleId'], deleteBeforeReplace: false },
    ],
    [
      'of the digest of a deployment',
      'deployment',
      {},
      { apiDigest: 'digest-2' },
      { changed: ['apiDigest'], replaces: [] },
    ],
    [
      'of the version of a deployment',
      'deployment',
      {},
      { version: '20260101000000', apiDigest: 'digest-2' },
      { changed: ['version'], replaces: [] },
    ],
    [
      'of a deployment back to the API as it is',
      'deployment',
      { version: '20260101000000' },
      { version: undefined },
      { changed: ['version'], replaces: [] },
    ],
    [
      'of the environment of a deployment',
      'deployment',
      {},
      { environmentId: 'environment-2' },
      { replaces: ['environmentId'], deleteBeforeReplace: false },
    ],
  ])('%s', (_, kind, before, after, expected) => {
    expect(compare(kind, before, after)).toMatchObject({ changes: true, ...expected });
  });

  test('keeps both values, and says which are secret', () => {
    const before = settled('app');
    const { changed } = diff(descriptionOf('app'), before, {
      ...before,
      remark: 'new',
      appSecret: 'another-secret',
    });
    expect(changed).toEqual([
      { name: 'remark', before: 'the shop', after: 'new', replaces: false, secret: false },
      { name: 'appSecret', before: 'app-secret-1', after: 'another-secret', replaces: false, secret: true },
    ]);
  });

  test.each(KINDS)('of any one field of a %s is seen in that field', (kind) => {
    const description = descriptionOf(kind);
    const before = settled(kind);
    for (const { name } of fieldsOf(description.input)) {
      const after = { ...before, [name]: name in before ? 'something else' : 'something' };
      expect(diff(description, before, after).changed.map((field) => field.name)).toEqual([name]);
    }
  });
});

describe('a value that a preview does not know yet', () => {
  test.each<[string, Kind, object, object]>([
    ['changes a field', 'throttle', { apiCallLimit: UNKNOWN }, { changed: ['apiCallLimit'], replaces: [] }],
    [
      'replaces where a change would',
      'throttle',
      { gatewayId: UNKNOWN },
      { replaces: ['gatewayId'], deleteBeforeReplace: false },
    ],
    ['replaces where a change could', 'gateway', { edition: UNKNOWN }, { replaces: ['edition'] }],
    ['counts inside a list', 'throttleBinding', { apiIds: ['api-1', UNKNOWN] }, { changed: ['apiIds'] }],
    [
      'leaves the name alone',
      'acl',
      { entityType: UNKNOWN },
      { replaces: ['entityType'], deleteBeforeReplace: true },
    ],
  ])('%s', (_, kind, after, expected) => {
    expect(compare(kind, {}, after)).toMatchObject({ changes: true, ...expected });
  });
});
