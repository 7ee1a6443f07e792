import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createId, openTraffic, type ApiInput, type TestCall, type Traffic } from '../support/traffic.ts';

type Parameter = NonNullable<ApiInput['requestParameters']>[number];

let traffic: Traffic;

beforeAll(async () => {
  traffic = await openTraffic();
});

afterAll(() => traffic.dispose());

/** Calls an API with one query parameter. */
async function callWith(parameter: Partial<Parameter>, query: string) {
  const path = `/${createId()}`;
  traffic.publish({
    path,
    requestParameters: [{ name: 'p', location: 'QUERY', validated: true, ...parameter }],
  });
  return traffic.call(`${path}${query}`);
}

// Source: API reference, "Creating an API" (req_params).
describe('a declared parameter', () => {
  test.each<[string, Partial<Parameter>, string, string]>([
    ['that is required and absent', { required: true }, '', 'required'],
    [
      'that is required and absent, though not validated',
      { required: true, validated: false },
      '?q=1',
      'required',
    ],
    ['in other letters than declared', { required: true }, '?P=1', 'required'],
    ['that is too short', { minLength: 3 }, '?p=ab', 'too short'],
    ['that is too long', { maxLength: 3 }, '?p=abcd', 'too long'],
    ['that is too long in code points', { maxLength: 2 }, `?p=${encodeURIComponent('😀é!')}`, 'too long'],
    ['that is none of the enumeration', { enumerations: ['a', 'b'] }, '?p=A', 'enum value required'],
    ['that is no number', { type: 'NUMBER' }, '?p=1x', 'number required'],
    ['that is an empty number', { type: 'NUMBER' }, '?p=', 'number required'],
    ['that is a number in another system', { type: 'NUMBER' }, '?p=0x10', 'number required'],
    ['that is no finite number', { type: 'NUMBER' }, '?p=Infinity', 'number required'],
    ['that is too small', { type: 'NUMBER', minNumber: 5 }, '?p=4.9', 'too small'],
    ['that is too large', { type: 'NUMBER', maxNumber: 5 }, '?p=5.1', 'too large'],
    ['whose first value is wrong', { enumerations: ['a'] }, '?p=b&p=a', 'enum value required'],
  ])('%s is refused', async (_, parameter, query, reason) => {
    expect(await callWith(parameter, query)).toMatchObject({
      status: 400,
      code: 'APIG.0106',
      message: `Invalid query parameter: p, ${reason}`,
    });
  });

  test.each<[string, Partial<Parameter>, string]>([
    ['is optional and absent', {}, ''],
    ['is required and empty', { required: true }, '?p='],
    ['is required and has no equals sign', { required: true }, '?p'],
    ['has the fewest characters', { minLength: 3 }, '?p=abc'],
    ['has the most characters', { maxLength: 3 }, '?p=abc'],
    ['has the most characters, counted as code points', { maxLength: 2 }, `?p=${encodeURIComponent('😀é')}`],
    ['has the most characters after decoding', { maxLength: 2 }, '?p=%20+'],
    ['is one of the enumeration', { enumerations: ['a', 'b'] }, '?p=b'],
    ['is the smallest number', { type: 'NUMBER', minNumber: -5 }, '?p=-5'],
    ['is the largest number', { type: 'NUMBER', maxNumber: 5 }, '?p=5.0'],
    ['is wrong but not validated', { validated: false, type: 'NUMBER', enumerations: ['1'] }, '?p=x'],
    ['has a right first value', { enumerations: ['a'] }, '?p=a&p=b'],
    ['has an escaped name', { required: true }, '?%70=1'],
  ])('that %s is accepted', async (_, parameter, query) => {
    expect((await callWith(parameter, query)).status).toBe(200);
  });

  test.each<[string, Parameter, TestCall, string]>([
    [
      'header',
      { name: 'X-Tenant', location: 'HEADER', required: true },
      { path: '/header' },
      'Invalid header parameter: X-Tenant, required',
    ],
    [
      'path',
      { name: 'id', location: 'PATH', validated: true, type: 'NUMBER' },
      { path: '/path/seven' },
      'Invalid path parameter: id, number required',
    ],
  ])('is named with its place: %s', async (_, parameter, call, message) => {
    const path = parameter.location === 'PATH' ? '/path/{id}' : '/header';
    traffic.publish({ path, requestParameters: [parameter] });
    expect(await traffic.call(call)).toMatchObject({ status: 400, code: 'APIG.0106', message });
  });

  test('in a header is found in any letters', async () => {
    const path = `/${createId()}`;
    const requestParameters: Parameter[] = [{ name: 'X-Tenant', location: 'HEADER', required: true }];
    traffic.publish({ path, requestParameters });
    expect((await traffic.call({ path, headers: { 'x-TENANT': 'a' } })).status).toBe(200);
  });

  test('in a header is measured as text, not as bytes', async () => {
    const path = `/${createId()}`;
    const requestParameters: Parameter[] = [
      { name: 'X-Name', location: 'HEADER', validated: true, maxLength: 3 },
    ];
    traffic.publish({ path, requestParameters });
    const headers = { 'X-Name': Buffer.from('Zoë').toString('latin1') };
    expect((await traffic.call({ path, headers })).status).toBe(200);
  });

  test('is checked after the limits, so that wrong calls count', async () => {
    const path = `/${createId()}`;
    const published = traffic.publish({
      path,
      requestParameters: [{ name: 'p', location: 'QUERY', required: true }],
    });
    traffic.bind(
      'throttleBinding',
      traffic.createThrottle({ apiCallLimit: 1, timeInterval: 1, timeUnit: 'DAY' }),
      published,
    );
    expect((await traffic.call(path)).status).toBe(400);
    expect((await traffic.call(path)).status).toBe(429);
  });
});
