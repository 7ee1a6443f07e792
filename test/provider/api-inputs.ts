import fc from 'fast-check';
import { z } from 'zod';
import { descriptionOf, fieldsOf, type Json } from '@apig/sdk/contract';
import type { Surroundings } from './surroundings.ts';
import { objectsOf } from './values.ts';

/* Valid APIs: the parts are made by their schemas, then made to agree. */

const { input: API } = descriptionOf('api');

/** The object schema of a field, or of the items of its list. */
function partOf(name: string): z.ZodObject {
  const inner = fieldsOf(API).find((field) => field.name === name)?.inner;
  const part = inner instanceof z.ZodArray ? inner.element : inner;
  if (part instanceof z.ZodObject) return part;
  throw new Error(`${name} of an API is no object`);
}

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const nothing = fc.constant(undefined);

/** Valid APIs. */
export function apisOf(around: Surroundings): fc.Arbitrary<Json> {
  const { gatewayIds, groupIds, responseIds } = around;
  return fc
    .record({
      base: objectsOf(API, {
        gatewayId: fc.constant(gatewayIds[0]),
        groupId: fc.constantFrom(...groupIds),
        protocol: fc.constantFrom('HTTP', 'HTTPS', 'BOTH'),
        authorizerId: nothing,
        responseId: fc.boolean(),
        requestParameters: nothing,
        backendParameters: nothing,
        httpBackend: nothing,
        mockBackend: nothing,
        functionBackend: nothing,
        httpPolicies: nothing,
        mockPolicies: nothing,
        functionPolicies: nothing,
      }),
      segments: fc.array(word, { minLength: 1, maxLength: 3 }),
      variables: fc.uniqueArray(word, { maxLength: 2 }),
      others: fc.uniqueArray(parameters(), {
        maxLength: 3,
        comparator: (one, other) => String(one['name']).toLowerCase() === String(other['name']).toLowerCase(),
      }),
      variableParameters: fc.array(parameters(), { minLength: 2, maxLength: 2 }),
      backend: backends(around),
      constants: fc.uniqueArray(word, { maxLength: 2 }),
      secondFactor: fc.boolean(),
      isListed: fc.boolean(),
    })
    .map(({ base, segments, variables, others, variableParameters, backend, constants, ...chosen }) => {
      const { allowAppCode, responseId, ...rest } = base;
      const inPath = variables.map((name, index) => ({
        ...variableParameters[index],
        name,
        location: 'PATH',
      }));
      const apart = others.filter(({ name }) => !variables.includes(String(name).toLowerCase()));
      const requestParameters = [...inPath, ...apart];
      const authentication = base['authentication'];
      const mapped = [
        ...variables.map((name) => ({
          origin: 'REQUEST',
          name: `for-${name}`,
          location: 'QUERY',
          value: name,
        })),
        ...constants.map((name) => ({ origin: 'CONSTANT', name, location: 'HEADER', value: `"${name}"` })),
        { origin: 'SYSTEM', name: 'caller', location: 'HEADER', value: '$context.sourceIp' },
      ];
      return {
        ...rest,
        path: `/${['any', ...segments, ...variables.map((name) => `{${name}}`)].join('/')}`,
        ...(requestParameters.length > 0 || chosen.isListed ? { requestParameters } : {}),
        ...('mockBackend' in backend ? {} : { backendParameters: mapped }),
        ...backend,
        ...(authentication === 'APP' ? { allowAppCode } : {}),
        ...(responseId === true ? { responseId: responseIds[String(base['groupId'])] } : {}),
        ...(authentication === 'AUTHORIZER' || (authentication !== 'NONE' && chosen.secondFactor)
          ? { authorizerId: around.frontendAuthorizerId }
          : {}),
      };
    });
}

/** Parameters of requests, each with a name of its own. */
function parameters(): fc.Arbitrary<Json> {
  return objectsOf(partOf('requestParameters'), {
    name: fc.stringMatching(/^[A-Za-z][a-z.-]{1,8}[a-z]$/),
    location: fc.constantFrom('QUERY', 'HEADER'),
    enumerations: fc.uniqueArray(fc.stringMatching(/^\w(?:[\w. -]{0,5}\w)?$/), { maxLength: 3 }),
  }).map(({ minNumber, maxNumber, minLength, maxLength, ...rest }) => {
    const [low, high] = [minNumber, maxNumber].map((each) => (each === undefined ? undefined : Number(each)));
    const [least, most] = [minLength, maxLength].map((each) =>
      each === undefined ? undefined : Number(each),
    );
    return {
      ...rest,
      minNumber: low,
      maxNumber: high === undefined ? undefined : Math.max(high, low ?? high),
      minLength: least,
      maxLength: most === undefined ? undefined : Math.max(most, least ?? most),
    };
  });
}

/** One backend with its policies. */
function backends(around: Surroundings): fc.Arbitrary<Json> {
  const authorizerId = fc.constant(around.backendAuthorizerId);
  const functionUrn = fc.constant(around.functionUrn);
  const target = { address: nothing, channelId: nothing, channelHost: fc.constant('members.internal') };
  const http = {
    ...target,
    protocol: fc.constantFrom('HTTP', 'HTTPS'),
    timeoutMs: fc.integer({ min: 1, max: 60_000 }),
  };
  const path = fc.constantFrom('/', '/v1/orders', '/v1/#VERSION#/orders', '/a%20b');
  const functions = {
    functionUrn,
    version: nothing,
    aliasUrn: nothing,
    protocol: fc.constant('HTTPS'),
    timeoutMs: fc.integer({ min: 1, max: 60_000 }),
  };
  const policies = (name: string, instead: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
    fc.uniqueArray(
      objectsOf(partOf(name), {
        ...instead,
        authorizerId,
        backendParameters: nothing,
        name: fc.stringMatching(/^[a-z]\w{2,8}$/),
        conditions: fc.array(fc.constantFrom(...CONDITIONS), { minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 2, comparator: (one, other) => one['name'] === other['name'] },
    );
  const placed = (value: Json, channelId: string | undefined): Json => {
    const { channelHost, ...rest } = value;
    return channelId === undefined
      ? { ...rest, address: 'orders.internal:8080' }
      : { ...rest, channelId, channelHost };
  };
  return fc.oneof(
    fc
      .record({
        backend: objectsOf(partOf('httpBackend'), {
          ...http,
          path,
          authorizerId,
          clientTls: fc.constant(false),
        }),
        others: policies('httpPolicies', { ...http, path }),
        channelId: fc.constantFrom(undefined, ...around.channelIds),
      })
      .map(({ backend, others, channelId }) => ({
        httpBackend: placed(backend, channelId),
        httpPolicies: others.map((other) => placed(other, channelId)),
      })),
    fc.record({
      mockBackend: objectsOf(partOf('mockBackend'), { authorizerId }),
      mockPolicies: policies('mockPolicies', {}),
    }),
    fc.record({
      functionBackend: objectsOf(partOf('functionBackend'), { ...functions, authorizerId }),
      functionPolicies: policies('functionPolicies', functions),
    }),
  );
}

const CONDITIONS: readonly Json[] = [
  { origin: 'source', value: '10.0.0.0/8,192.0.2.1' },
  { origin: 'system', systemParameter: 'req_path', type: 'pattern', value: '/any/.*' },
  { origin: 'system', systemParameter: 'reqMethod', type: 'enum', value: 'GET,POST' },
  { origin: 'cookie', cookie: 'session', type: 'exact', value: 'a b' },
];
