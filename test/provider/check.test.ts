import { describe, expect, test } from '@jest/globals';
import { descriptionOf, settle, type Json, type Kind } from '@apig/sdk/contract';
import { check } from '../../provider/src/check.ts';
import { UNKNOWN } from '../../provider/src/unknown.ts';
import { FAULTS, KINDS, SAMPLES } from './samples.ts';

const run = (kind: Kind, args: object) => check(descriptionOf(kind), args as Json);
const propertiesOf = (kind: Kind, args: object) => run(kind, args).failures.map(({ property }) => property);

describe('checking arguments', () => {
  test.each(KINDS)('a %s that is right passes, with its defaults', (kind) => {
    const { inputs, failures } = run(kind, { ...SAMPLES[kind], __provider: 'text' });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject(settle(descriptionOf(kind), { ...SAMPLES[kind] }).value ?? {});
    expect(inputs).not.toHaveProperty('__provider');
  });

  test.each(KINDS)('a %s that is wrong is refused at the property', (kind) => {
    const { property, args } = FAULTS[kind];
    expect(propertiesOf(kind, args)).toEqual([property]);
  });

  test.each(KINDS)('a %s of which nothing is known yet passes', (kind) => {
    const unknown = Object.fromEntries(Object.keys(SAMPLES[kind]).map((name) => [name, UNKNOWN]));
    const { inputs, failures } = run(kind, unknown);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject(unknown);
  });

  test.each(KINDS)('a %s without arguments lacks something', (kind) => {
    const reasons = run(kind, {}).failures.map(({ reason }) => reason);
    expect(reasons).toContain('expected a value');
  });

  test.each(['', ' a', 'a ', 'a,b', '\n'])(
    'a value %j, which a list in one text cannot hold, is refused',
    (value) => {
      const parameter = { name: 'orderId', location: 'PATH', enumerations: ['of three words', value] };
      expect(propertiesOf('api', { ...SAMPLES.api, requestParameters: [parameter] })).toEqual([
        'requestParameters[0].enumerations[1]',
      ]);
    },
  );

  test('fills defaults where only a part is known', () => {
    const { inputs, failures } = run('api', {
      ...SAMPLES.api,
      gatewayId: UNKNOWN,
      httpBackend: { address: UNKNOWN, protocol: 'HTTP', method: 'GET', path: '/v1/orders/{id}' },
      requestParameters: [{ name: 'orderId', location: 'PATH' }],
    });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      gatewayId: UNKNOWN,
      httpBackend: { address: UNKNOWN, timeoutMs: 5000, retryCount: -1 },
      requestParameters: [{ name: 'orderId', required: true }],
      matchMode: 'EXACT',
    });
  });

  test('null and undefined are left out, at any depth', () => {
    const { inputs, failures } = run('api', {
      ...SAMPLES.api,
      remark: null,
      httpBackend: { ...SAMPLES.api.httpBackend, channelId: null, remark: undefined },
    });
    expect(failures).toEqual([]);
    expect(inputs).not.toHaveProperty('remark');
    expect(inputs['httpBackend']).not.toHaveProperty('channelId');
  });
});

describe('values that are not known yet', () => {
  test.each<[string, Kind, object, string[]]>([
    ['in the place of a number', 'throttle', { apiCallLimit: UNKNOWN }, []],
    ['beside a wrong one', 'throttle', { apiCallLimit: UNKNOWN, timeInterval: 0 }, ['timeInterval']],
    ['in a rule', 'throttle', { userCallLimit: UNKNOWN, ipCallLimit: 1000 }, []],
    ['outside of a broken rule', 'throttle', { gatewayId: UNKNOWN, userCallLimit: 101 }, ['userCallLimit']],
    ['in the place of a list', 'acl', { values: UNKNOWN }, []],
    ['twice in a list of different ones', 'throttleBinding', { apiIds: [UNKNOWN, UNKNOWN] }, []],
    ['in a list beside a wrong one', 'throttleBinding', { apiIds: [UNKNOWN, ''] }, ['apiIds[1]']],
    ['in a map', 'gateway', { tags: { team: UNKNOWN } }, []],
    [
      'in an object with a wrong field',
      'api',
      { httpBackend: { ...SAMPLES.api.httpBackend, address: UNKNOWN, timeoutMs: 0 } },
      ['httpBackend.timeoutMs'],
    ],
    [
      'in an object with a field missing',
      'api',
      { httpBackend: { address: UNKNOWN, protocol: 'HTTP', path: '/' } },
      ['httpBackend.method'],
    ],
    ['in the place of an object', 'api', { httpBackend: UNKNOWN }, []],
  ])('%s', (_, kind, change, expected) => {
    expect(propertiesOf(kind, { ...SAMPLES[kind], ...change })).toEqual(expected);
  });
});

describe('computed outputs', () => {
  test('are inputs, so that a preview knows them', () => {
    expect(run('api', SAMPLES.api).inputs['digest']).toMatch(/^[0-9a-f]{16}$/);
  });

  test('are known before the parents exist', () => {
    const { digest } = run('api', SAMPLES.api).inputs;
    expect(run('api', { ...SAMPLES.api, gatewayId: UNKNOWN, groupId: UNKNOWN }).inputs['digest']).toBe(
      digest,
    );
  });

  test('are not known while something that they depend on is not', () => {
    const httpBackend = { ...SAMPLES.api.httpBackend, address: UNKNOWN };
    expect(run('api', { ...SAMPLES.api, httpBackend }).inputs['digest']).toBe(UNKNOWN);
  });
});

describe('arguments that a kind does not have', () => {
  test.each<[Kind, object, string, string]>([
    ['throttle', { apiCallLimits: 3 }, 'apiCallLimits', 'no such argument: did you mean apiCallLimit?'],
    ['throttle', { time_unit: 'DAY' }, 'time_unit', 'no such argument: did you mean timeUnit?'],
    ['acl', { acl_value: '1' }, 'acl_value', 'no such argument: did you mean values?'],
    ['app', { colour: 'red' }, 'colour', 'no such argument'],
    [
      'api',
      { httpBackend: { ...SAMPLES.api.httpBackend, timeout: 3 } },
      'httpBackend.timeout',
      'no such argument: did you mean timeoutMs?',
    ],
    [
      'api',
      { requestParameters: [{ name: 'orderId', location: 'PATH', requird: true }] },
      'requestParameters[0].requird',
      'no such argument: did you mean required?',
    ],
  ])('%s: %j', (kind, change, property, reason) => {
    expect(run(kind, { ...SAMPLES[kind], ...change }).failures).toContainEqual({ property, reason });
  });
});

test('what was found is never repeated', () => {
  const faults = KINDS.flatMap((kind) => run(kind, FAULTS[kind].args).failures);
  const text = JSON.stringify([
    faults,
    run('signatureKey', { ...SAMPLES.signatureKey, secret: 'short secret' })['failures'],
  ]);
  expect(text).not.toContain('not so secret');
  expect(text).not.toContain('short-but-secret');
  expect(text).not.toContain('short secret');
});

test('a key that is no name is quoted in the path', () => {
  expect(propertiesOf('gateway', { ...SAMPLES.gateway, tags: { 'a tag': 'x'.repeat(256) } })).toEqual([
    'tags["a tag"]',
  ]);
});
