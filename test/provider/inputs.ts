import fc from 'fast-check';
import { descriptionOf, fieldsOf, settle, type Json, type Kind } from '@apig/sdk/contract';
import { apisOf } from './api-inputs.ts';
import { pluginsOf } from './plugin-inputs.ts';
import type { Surroundings } from './surroundings.ts';
import { objectsOf, type Instead } from './values.ts';

/*
 * Valid inputs of every kind: what the description's schema takes, with references to objects that are there, and with
 * what the rules over several fields ask for.
 */

/** Valid inputs of a kind. */
export function inputsOf(kind: Kind, around: Surroundings): fc.Arbitrary<Json> {
  return KINDS[kind](around).filter((input) => isValid(kind, input, around));
}

/** Two valid inputs, mostly with the same values in fields that cannot be changed. */
export function pairsOf(kind: Kind, around: Surroundings): fc.Arbitrary<readonly [Json, Json]> {
  const inputs = inputsOf(kind, around);
  const fixed = fieldsOf(descriptionOf(kind).input).filter(({ marks }) => marks.immutable);
  return fc
    .tuple(inputs, inputs, fc.integer({ min: 0, max: 3 }))
    .map(([first, second, keeps]): readonly [Json, Json] => {
      const kept = fixed.map(({ name }): [string, unknown] => [name, first[name]]);
      return [first, keeps === 0 ? second : { ...second, ...Object.fromEntries(kept) }];
    })
    .filter(([, second]) => isValid(kind, second, around));
}

/** Whether the description takes an input, and the service takes what refers to objects that are there. */
function isValid(kind: Kind, input: Json, { responseIds }: Surroundings): boolean {
  const { name, certificateId, config, groupId, responseId } = input;
  if (responseId !== undefined && responseId !== responseIds[String(groupId)]) return false;
  if (kind === 'gatewayFeature' && !CONFIGURATIONS[String(name)]?.test(String(config))) return false;
  // The certificates of the surroundings are for the names below one domain.
  const isCovered = certificateId === undefined || /^(?:\*|[^.]+)\.example\.com\.?$/i.test(String(name));
  return isCovered && settle(descriptionOf(kind), input).faults.length === 0;
}

type Inputs = (around: Surroundings) => fc.Arbitrary<Json>;

const one = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const some = <T>(values: readonly T[]) => fc.shuffledSubarray([...values], { minLength: 1 });

/** An object by its schema, but for some fields. */
function like(kind: Kind, { gatewayIds: [gatewayId] }: Surroundings, instead: Instead): fc.Arbitrary<Json> {
  return objectsOf(descriptionOf(kind).input, { gatewayId: fc.constant(gatewayId), ...instead });
}

/** Addresses, blocks and ranges, of both families. */
const RANGES = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map((parts) => parts.join('/')),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map((parts) => parts.join('/')),
  fc.tuple(fc.nat(99), fc.nat(99)).map(([low, more]) => `10.0.0.${low}-10.0.0.${low + more}`),
);
const ADDRESSES = fc.uniqueArray(RANGES, { minLength: 1, maxLength: 6 });

const TIMES = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((time) => time.toISOString().slice(0, 19).replace('T', ' '));

const KINDS: Readonly<Record<Kind, Inputs>> = {
  gateway: () =>
    objectsOf(descriptionOf('gateway').input, {
      loadbalancerProvider: fc.constantFrom('elb', 'elb', 'lvs'),
      tags: fc.dictionary(fc.stringMatching(/^[a-z][\w .:-]{0,9}$/), fc.stringMatching(/^[\w ./-]{0,9}$/)),
    }).map(({ ingressBandwidthMbps, eipId, ...rest }) => ({
      ...rest,
      ...(rest['loadbalancerProvider'] === 'lvs' ? { eipId } : { ingressBandwidthMbps }),
    })),

  environment: (around) => like('environment', around, {}),

  environmentVariable: (around) =>
    like('environmentVariable', around, {
      groupId: one(around.groupIds),
      environmentId: one(around.environmentIds),
    }),

  apiGroup: (around) => like('apiGroup', around, {}),

  domain: (around) =>
    fc.oneof(
      like('domain', around, {
        groupId: one(around.groupIds),
        name: fc.domain(),
        certificateId: fc.constant(undefined),
        verifyClientCertificate: fc.constant(undefined),
      }),
      like('domain', around, {
        groupId: one(around.groupIds),
        name: fc.constantFrom('api.example.com', '*.example.com', 'WWW.Example.com.'),
        certificateId: one(around.certificateIds.plain),
        verifyClientCertificate: fc.constant(false),
      }),
      like('domain', around, {
        groupId: one(around.groupIds),
        name: fc.constantFrom('api.example.com', 'www.example.com'),
        certificateId: fc.constant(around.certificateIds.verifying),
      }),
    ),

  certificate: (around) =>
    fc
      .tuple(like('certificate', around, { trustedRootCa: one(around.authorities) }), one(around.pairs))
      .map(([{ gatewayId, ...rest }, pair]) => ({
        ...rest,
        certificate: pair.certificate,
        privateKey: pair.key,
        ...(rest['type'] === 'instance' ? { gatewayId: gatewayId ?? around.gatewayIds[0] } : {}),
      })),

  gatewayResponse: (around) => like('gatewayResponse', around, { groupId: one(around.groupIds) }),

  gatewayFeature: (around) =>
    like('gatewayFeature', around, {}).chain((base) =>
      fc
        .oneof(
          ...Object.entries(FEATURES).map(([name, config]) => config.map((each) => ({ name, config: each }))),
        )
        .map((its) => ({ ...base, ...its })),
    ),

  api: apisOf,

  deployment: (around) =>
    like('deployment', around, {
      environmentId: one(around.environmentIds),
      version: fc.constant(undefined),
      apiId: fc.nat(around.drafts.length - 1),
    }).map(({ apiId: index, ...rest }) => {
      const draft = around.drafts[Number(index)];
      return { ...rest, apiId: draft?.id, apiDigest: draft?.digest };
    }),

  throttle: (around) =>
    like('throttle', around, {}).map((input) => {
      const [api, ...others] = ['apiCallLimit', 'userCallLimit', 'appCallLimit', 'ipCallLimit'].map(
        (name) => input[name],
      );
      const [user, app, ip] = others.map((each) =>
        each === undefined ? {} : { value: Math.min(Number(each), Number(api)) },
      );
      const most = user?.value ?? Number(api);
      return {
        ...input,
        userCallLimit: user?.value,
        appCallLimit: app?.value === undefined ? undefined : Math.min(app.value, most),
        ipCallLimit: ip?.value,
      };
    }),

  throttleBinding: (around) => bindings('throttleBinding', around, { throttleId: one(around.throttleIds) }),
  aclBinding: (around) => bindings('aclBinding', around, { aclId: one(around.aclIds) }),
  signatureBinding: (around) =>
    bindings('signatureBinding', around, { signatureKeyId: one(around.signatureKeyIds) }),
  appAuthorization: (around) => bindings('appAuthorization', around, { appId: one(around.appIds) }),
  pluginAttachment: (around) => bindings('pluginAttachment', around, { pluginId: one(around.pluginIds) }),

  throttleException: (around) =>
    like('throttleException', around, {
      throttleId: one(around.throttleIds),
      callLimit: fc.integer({ min: 1, max: 1000 }),
      objectId: fc.nat(around.appIds.length - 1),
    }).map((input) => ({
      ...input,
      objectId:
        input['objectType'] === 'APP'
          ? around.appIds[Number(input['objectId'])]
          : `account-${String(input['objectId'])}`,
    })),

  acl: (around) =>
    fc.oneof(
      like('acl', around, { entityType: fc.constant('IP'), values: ADDRESSES }),
      like('acl', around, {
        entityType: fc.constant('DOMAIN'),
        values: fc.uniqueArray(fc.stringMatching(/^[a-z][\w .-]{0,20}\w$/), { minLength: 1, maxLength: 4 }),
      }),
      like('acl', around, {
        entityType: fc.constant('DOMAIN_ID'),
        values: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9]{32}$/), { minLength: 1, maxLength: 4 }),
      }),
    ),

  signatureKey: (around) =>
    fc.oneof(
      ...Object.entries(SIGNATURE_KEYS).map(([form, [key, secret]]) => {
        const [type = '', algorithm] = form.split(' ');
        return like('signatureKey', around, {
          type: fc.constant(type),
          algorithm: fc.constant(algorithm),
          key: fc.stringMatching(key),
          secret: fc.stringMatching(secret),
        }).map((input) => (algorithm === undefined ? input : { ...input, algorithm }));
      }),
      fc
        .tuple(
          like('signatureKey', around, {
            type: fc.constant('public_key'),
            algorithm: fc.constant(undefined),
          }),
          one(around.keyPairs),
        )
        .map(([input, { key, secret }]) => ({ ...input, type: 'public_key', key, secret })),
    ),

  app: (around) => like('app', around, {}),
  appCode: (around) => like('appCode', around, { appId: one(around.appIds) }),
  appAcl: (around) => like('appAcl', around, { appId: one(around.appIds), values: ADDRESSES }),
  appQuota: (around) => like('appQuota', around, { resetTime: TIMES }),
  appQuotaBinding: (around) =>
    like('appQuotaBinding', around, { appQuotaId: one(around.appQuotaIds), appIds: some(around.appIds) }),

  loadBalanceChannel: (around) =>
    fc
      .tuple(
        like('loadBalanceChannel', around, {
          type: fc.constant('SERVER'),
          microservice: fc.constant(undefined),
          memberType: fc.constant('ip'),
        }),
        fc.uniqueArray(
          fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.integer({ min: 0, max: 65_535 })),
          {
            maxLength: 5,
          },
        ),
      )
      .map(([input, hosts]) => {
        const groups = asList(input['memberGroups']);
        const names = groups.map((group) => group['name']);
        const members = asList(input['members']).flatMap((member, index) => {
          const [host, port] = hosts[index] ?? [];
          if (host === undefined || host.length > 64) return [];
          const { group, ...rest } = member;
          return [
            {
              ...rest,
              serverId: undefined,
              serverName: undefined,
              host,
              port,
              ...(names.length > 0 && group !== undefined ? { group: names[index % names.length] } : {}),
            },
          ];
        });
        const check = input['healthCheck'] as Json | undefined;
        return {
          ...input,
          ...(input['members'] === undefined ? {} : { members }),
          ...(check === undefined
            ? {}
            : {
                healthCheck: {
                  ...check,
                  clientTls: false,
                  path: check['path'] ?? '/health',
                  goodStatuses: check['goodStatuses'] ?? '200',
                  timeoutSeconds: 1,
                  intervalSeconds: Number(check['intervalSeconds'] ?? 9) + 1,
                },
              }),
        };
      }),

  authorizer: (around) =>
    like('authorizer', around, {
      functionUrn: fc.constant(around.functionUrn),
      functionVersion: fc.constant(undefined),
      functionAliasUrn: fc.constant(undefined),
      identities: fc.uniqueArray(
        fc.record(
          {
            name: fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,12}$/),
            location: fc.constantFrom('HEADER', 'QUERY'),
            validation: fc.constantFrom('Bearer .+', '\\d{3}', '[a,b]|"c"'),
          },
          { requiredKeys: ['name', 'location'] },
        ),
        { maxLength: 4, comparator: (a, b) => a.name.toLowerCase() === b.name.toLowerCase() },
      ),
    }),

  plugin: (around) => pluginsOf((instead) => like('plugin', around, instead)),
};

function bindings(kind: Kind, around: Surroundings, owner: Instead): fc.Arbitrary<Json> {
  return like(kind, around, {
    environmentId: one(around.environmentIds),
    apiIds: some(around.apiIds),
    ...owner,
  });
}

function asList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Type and algorithm to forms of key and secret. */
const SIGNATURE_KEYS: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
  hmac: [/^[A-Za-z0-9][\w-]{7,31}$/, /^[A-Za-z0-9][\w!@#$%-]{15,63}$/],
  basic: [/^[A-Za-z][\w-]{3,31}$/, /^[A-Za-z0-9][\w!@#$%-]{7,63}$/],
  'aes aes-128-cfb': [/^[\w!@#$%+/=-]{16}$/, /^[\w!@#$%+/=-]{16}$/],
  'aes aes-256-cfb': [/^[\w!@#$%+/=-]{32}$/, /^[\w!@#$%+/=-]{16}$/],
};

const json = (model: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(model).map((value) => JSON.stringify(value));

/** Features that may be turned on here, with configurations of them. */
const FEATURES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ratelimit: json({ api_limits: fc.integer({ min: 1, max: 1_000_000 }) }),
  request_body_size: fc.integer({ min: 1024 * 1024, max: 9536 * 1024 * 1024 }).map(String),
  gzip: json({ comp_level: fc.integer({ min: 1, max: 9 }) }),
  throttle_strategy: json({ enable: fc.constant('on'), strategy: fc.constantFrom('cluster', 'local') }),
  app_secret: fc.constantFrom('on', 'off'),
};

/** What the configurations of a feature look like. */
const CONFIGURATIONS: Readonly<Record<string, RegExp>> = {
  ratelimit: /api_limits/,
  request_body_size: /^\d+$/,
  gzip: /comp_level/,
  throttle_strategy: /strategy/,
  app_secret: /^o/,
};
