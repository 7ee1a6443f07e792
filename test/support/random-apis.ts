import type { InputOf, Resources } from '@apig/sdk';
import fc from 'fast-check';

/** An API without its place and name. */
export type RandomApi = Omit<InputOf<Resources['api']>, 'gatewayId' | 'groupId' | 'name'>;

/** IDs and URNs that random APIs may refer to. */
export interface Known {
  readonly frontendAuthorizerId: string;
  readonly backendAuthorizerId: string;
  readonly channelId: string;
  readonly responseId: string;
  readonly functionUrn: string;
}

/** Lists of definitions that a group can have side by side, all of them valid. */
export function randomApis(known: Known): fc.Arbitrary<readonly RandomApi[]> {
  return fc.uniqueArray(randomApi(known), {
    minLength: 1,
    maxLength: 4,
    selector: ({ method, path, matchMode = 'EXACT' }) =>
      `${method} ${path.replace(/\{[^{}]*?(\+?)\}/g, '{$1}')} ${matchMode}`,
  });
}

/** An object without the keys whose values are undefined: a field that may be left out is left out. */
function record<T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields).map((value) => {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries) as T;
  });
}

function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

const letter = fc.constantFrom('a', 'b', 'c', 'X', 'Y', 'Z');
const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 12 }),
  fc.constantFrom('yes', '2.0', 'null', ' - a: b #c', 'line\nline\n', '{"a": [1]}'),
);
const remark = maybe(text);
const word = fc
  .tuple(
    letter,
    fc.string({ unit: fc.constantFrom('a', 'b', 'z', '0', '1', '9'), minLength: 2, maxLength: 6 }),
  )
  .map(([first, rest]) => first + rest);
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY');

const segment = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'b', 'c', '-', '_', '.', '~', '%', '*'),
    minLength: 1,
    maxLength: 5,
  }),
  word.map((name) => `{${name}}`),
);

const requestParameter = record({
  name: word,
  location: fc.constantFrom('QUERY' as const, 'HEADER' as const),
  type: fc.constantFrom('STRING' as const, 'NUMBER' as const),
  required: fc.boolean(),
  validated: fc.boolean(),
  defaultValue: maybe(fc.oneof(text, fc.constantFrom('1', '-2.5', '1e3', '007'))),
  sampleValue: maybe(text),
  enumerations: maybe(
    fc.uniqueArray(fc.constantFrom('1', '2.50', '30', 'a', 'b c', 'true'), { minLength: 1, maxLength: 3 }),
  ),
  minNumber: maybe(fc.integer({ min: -5, max: 0 })),
  maxNumber: maybe(fc.integer({ min: 0, max: 9 })),
  minLength: maybe(fc.integer({ min: 0, max: 3 })),
  maxLength: maybe(fc.integer({ min: 3, max: 9 })),
  passThrough: fc.boolean(),
  remark,
});

function backendParameters(names: readonly string[]) {
  const value = fc.oneof(
    ...(names.length > 0
      ? [fc.constantFrom(...names).map((name) => ({ origin: 'REQUEST' as const, value: name }))]
      : []),
    text.map((constant) => ({ origin: 'CONSTANT' as const, value: constant })),
    fc
      .constantFrom('$context.sourceIp', '$context.stage', '$context.apiName')
      .map((name) => ({ origin: 'SYSTEM' as const, value: name })),
  );
  const place = record({
    name: word,
    location: fc.constantFrom('QUERY' as const, 'HEADER' as const),
    remark,
  });
  return fc.array(
    fc.tuple(place, value).map(([one, other]) => ({ ...one, ...other })),
    { maxLength: 3 },
  );
}

function httpTarget({ channelId }: Known) {
  const common = {
    protocol: fc.constantFrom('HTTP' as const, 'HTTPS' as const),
    method,
    path: fc.constantFrom('/', '/b/c', '/#STAGE_NAME#/x', '/a-%20'),
    timeoutMs: fc.integer({ min: 1, max: 60_000 }),
    retryCount: fc.integer({ min: -1, max: 10 }),
  };
  return fc.oneof(
    record({ ...common, address: fc.constantFrom('a.example.com', '127.0.0.1:8080', '#HOST_NAME#:80') }),
    record({
      ...common,
      channelId: fc.constant(channelId),
      channelHost: maybe(fc.constant('shop.internal')),
    }),
  );
}

const mockTarget = {
  result: remark,
  statusCode: fc.integer({ min: 200, max: 599 }),
};

function functionTarget({ functionUrn }: Known) {
  return {
    functionUrn: fc.constant(functionUrn),
    invocation: fc.constantFrom('sync' as const, 'async' as const),
    networkType: fc.constantFrom('V1' as const, 'V2' as const),
    timeoutMs: fc.integer({ min: 1, max: 60_000 }),
    version: maybe(fc.constant('latest')),
    aliasUrn: maybe(fc.constant(functionUrn)),
  };
}

function conditions(names: readonly string[]) {
  const type = fc.constantFrom('exact' as const, 'enum' as const);
  const compared = fc.oneof(
    record({ origin: fc.constant('cookie' as const), type, cookie: word, value: text }),
    record({
      origin: fc.constant('system' as const),
      type,
      systemParameter: fc.constantFrom('req_path' as const, 'reqMethod' as const),
      value: text,
    }),
    record({
      origin: fc.constant('frontend_authorizer' as const),
      type: fc.constant('pattern' as const),
      authorizerParameter: word.map((name) => `$context.authorizer.frontend.${name}`),
      value: fc.constant('^a.*b$'),
    }),
    record({
      origin: fc.constant('source' as const),
      type: maybe(type),
      value: fc.constant('10.0.0.0/8,::1'),
    }),
    ...(names.length > 0
      ? [
          record({
            origin: fc.constant('param' as const),
            type,
            requestParameter: fc.constantFrom(...names),
            value: text,
          }),
        ]
      : []),
  );
  return fc.array(compared, { minLength: 1, maxLength: 2 });
}

function policies<T extends object>(known: Known, names: readonly string[], target: fc.Arbitrary<T>) {
  const common = record({
    effectMode: fc.constantFrom('ALL' as const, 'ANY' as const),
    conditions: conditions(names),
    backendParameters: backendParameters(names),
    authorizerId: maybe(fc.constant(known.backendAuthorizerId)),
  });
  return fc
    .array(fc.tuple(common, target), { maxLength: 2 })
    .map((list) => list.map(([one, other], index) => ({ name: `policy_${index}`, ...one, ...other })));
}

function behind(known: Known, names: readonly string[]) {
  const authorizerId = maybe(fc.constant(known.backendAuthorizerId));
  const header = record({ key: fc.constantFrom('X-A', 'X-B'), value: fc.constantFrom('1', 'a b'), remark });
  return fc.oneof(
    record({
      httpBackend: fc
        .tuple(httpTarget(known), record({ authorizerId, remark, version: maybe(fc.constant('v1')) }))
        .map(([one, other]) => ({ ...one, ...other })),
      httpPolicies: policies(known, names, httpTarget(known)),
    }),
    record({
      mockBackend: record({
        ...mockTarget,
        headers: maybe(fc.array(header, { minLength: 1, maxLength: 2 })),
        authorizerId,
        remark,
        version: maybe(fc.constant('v2')),
      }),
      mockPolicies: policies(known, names, record(mockTarget)),
    }),
    record({
      functionBackend: record({ ...functionTarget(known), authorizerId, remark }),
      functionPolicies: policies(known, names, record(functionTarget(known))),
    }),
  );
}

function callers({ frontendAuthorizerId }: Known) {
  return fc.oneof(
    fc.constant({ authentication: 'NONE' as const }),
    record({ authentication: fc.constant('APP' as const), allowAppCode: fc.boolean() }),
    record({
      authentication: fc.constant('IAM' as const),
      authorizerId: maybe(fc.constant(frontendAuthorizerId)),
    }),
    record({
      authentication: fc.constant('AUTHORIZER' as const),
      authorizerId: fc.constant(frontendAuthorizerId),
    }),
  );
}

function randomApi(known: Known): fc.Arbitrary<RandomApi> {
  const frame = record({
    segments: fc.array(segment, { maxLength: 3 }),
    isGreedy: fc.boolean(),
    matchMode: fc.constantFrom('EXACT' as const, 'PREFIX' as const),
    others: fc.uniqueArray(requestParameter, {
      maxLength: 3,
      selector: ({ name, location }) => `${location} ${name.toLowerCase()}`,
    }),
  });
  return frame.chain(({ segments, isGreedy, matchMode, others }) => {
    const unique = segments.filter(
      (each, index) => !each.startsWith('{') || segments.indexOf(each) === index,
    );
    const path = `/${[...unique, ...(isGreedy && matchMode === 'EXACT' ? ['{proxy+}'] : [])].join('/')}`;
    const inPath = [...path.matchAll(/\{([^{}+]+)\+?\}/g)].map((match) => ({
      name: match[1] ?? '',
      location: 'PATH' as const,
    }));
    const requestParameters = [...inPath, ...others];
    const names = requestParameters.map(({ name }) => name);
    const rest = record({
      visibility: fc.constantFrom('PUBLIC' as const, 'PRIVATE' as const),
      version: maybe(fc.constant('1.0')),
      protocol: fc.constantFrom('HTTP' as const, 'HTTPS' as const, 'BOTH' as const),
      method,
      cors: fc.boolean(),
      contentType: maybe(fc.constantFrom('application/json' as const, 'text/plain' as const)),
      responseId: maybe(fc.constant(known.responseId)),
      backendParameters: backendParameters(names),
      functionBodyBase64: fc.boolean(),
      tags: fc.uniqueArray(word, { maxLength: 2 }),
      remark,
      bodyRemark: remark,
      successSample: remark,
      failureSample: remark,
    });
    return fc
      .tuple(rest, callers(known), behind(known, names))
      .map(([one, two, three]) => ({ path, matchMode, requestParameters, ...one, ...two, ...three }));
  });
}
