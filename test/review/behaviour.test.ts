import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk/contract';
import { readAccessLog } from '../../provider/src/review/behaviour/access-log.ts';
import { compareBehaviour } from '../../provider/src/review/behaviour/behaviour.ts';
import { readProbes } from '../../provider/src/review/behaviour/probes-file.ts';
import { startRuntime, type OwnRuntime } from '../../provider/src/review/behaviour/runtime.ts';
import type { OutcomeGroup } from '../../provider/src/review/model.ts';
import { ReviewError } from '../../provider/src/review/plan.ts';
import { planOf, ref, type Declared } from './states.ts';

let runtime: OwnRuntime;
beforeAll(async () => {
  runtime = await startRuntime(import.meta.dirname);
});
afterAll(() => runtime.close());

const here = { gatewayId: ref('gateway', 'shop') };
const inRelease = { ...here, environmentId: RELEASE_ENVIRONMENT_ID };
const made = (kind: Declared['kind'], name: string, values: Declared['values']): Declared => ({
  kind,
  name,
  values,
});

/** A gateway with one published API, and what else is given. */
function shop(api: Declared['values'] = {}, ...more: readonly Declared[]): readonly Declared[] {
  return [
    made('gateway', 'shop', {
      name: 'shop',
      edition: 'BASIC',
      availableZoneIds: ['az-1'],
      ...{ vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group' },
    }),
    made('apiGroup', 'orders', { ...here, name: 'orders' }),
    made('domain', 'shop', { ...here, groupId: ref('apiGroup', 'orders'), name: 'shop.example.com' }),
    made('app', 'storefront', { ...here, name: 'storefront', appKey: 'storefront', appSecret: 'a-secret-1' }),
    ...released('list', { path: '/orders', ...api }),
    ...more,
  ];
}

function released(name: string, values: Declared['values']): readonly Declared[] {
  const backend = {
    httpBackend: { address: 'orders.internal', protocol: 'HTTP', method: 'GET', path: '/orders' },
  };
  return [
    made('api', name, {
      ...here,
      groupId: ref('apiGroup', 'orders'),
      name,
      method: 'GET',
      authentication: 'NONE',
      ...('mockBackend' in values ? {} : backend),
      ...values,
    }),
    made('deployment', name, { ...inRelease, apiId: ref('api', name), apiDigest: 'as-it-is' }),
  ];
}

const bound = (kind: Declared['kind'], owner: Declared['values']): Declared =>
  made(kind, kind, { ...inRelease, ...owner, apiIds: [ref('api', 'list')] });
const throttle = (apiCallLimit: number): readonly Declared[] => [
  made('throttle', 'gold', { ...here, name: 'gold', apiCallLimit, timeInterval: 1, timeUnit: 'MINUTE' }),
  bound('throttleBinding', { throttleId: ref('throttle', 'gold') }),
];
const acl = (type: string, values: readonly string[]): readonly Declared[] => [
  made('acl', 'office', { ...here, name: 'office', type, entityType: 'IP', values }),
  bound('aclBinding', { aclId: ref('acl', 'office') }),
];
const authorized = bound('appAuthorization', { appId: ref('app', 'storefront') });
const without = (kind: Declared['kind'], all: readonly Declared[]) =>
  all.filter((each) => each.kind !== kind);
const backendAt = (address: string) => ({
  httpBackend: { address, protocol: 'HTTP', method: 'GET', path: '/orders' },
});
const key = (secret: string): readonly Declared[] => [
  made('signatureKey', 'backend', { ...here, name: 'backend', type: 'hmac', key: 'backend-key', secret }),
  bound('signatureBinding', { signatureKeyId: ref('signatureKey', 'backend') }),
];

interface Case {
  readonly before: readonly Declared[];
  readonly after: readonly Declared[];
  readonly expected: readonly [verdict: string, summary: string, caller: string | RegExp][];
}

const CASES: Readonly<Record<string, Case>> = {
  'nothing that changes': { before: shop(), after: shop(), expected: [] },
  'a remark': { before: shop(), after: shop({ remark: 'Orders' }), expected: [] },
  'an API that asks for apps': {
    before: shop(),
    after: shop({ authentication: 'APP' }, authorized),
    expected: [['breaking', 'served → 401 APIG.0303', 'anonymous']],
  },
  'an API that asks for nobody any more': {
    before: shop({ authentication: 'APP' }, authorized),
    after: shop({}, authorized),
    expected: [['loosening', '401 APIG.0303 → served', 'anonymous']],
  },
  'an app that loses its right': {
    before: shop({ authentication: 'APP' }, authorized),
    after: shop({ authentication: 'APP' }),
    expected: [['breaking', 'served → 403 APIG.0304', 'app storefront']],
  },
  'an API that goes offline': {
    before: shop(),
    after: without('deployment', shop()),
    expected: [['breaking', 'served → 404 APIG.0101', 'anonymous']],
  },
  'a new API': {
    before: shop(),
    after: shop({}, ...released('create', { path: '/new', mockBackend: { result: 'ok' } })),
    expected: [['neutral', '404 APIG.0101 → 200', 'anonymous']],
  },
  'a domain that is taken away': {
    before: shop(),
    after: without('domain', shop()),
    expected: [['breaking', 'served → 404 APIG.0101', 'anonymous']],
  },
  'another backend': {
    before: shop(),
    after: shop(backendAt('new.internal')),
    expected: [
      ['neutral', 'backend GET http://orders.internal/orders → GET http://new.internal/orders', 'anonymous'],
    ],
  },
  'a mock in the place of a backend': {
    before: shop(),
    after: shop({ mockBackend: { result: 'ok' } }),
    expected: [['breaking', 'served → 200', 'anonymous']],
  },
  'a lower limit': {
    before: shop({}, ...throttle(100)),
    after: shop({}, ...throttle(50)),
    expected: [['breaking', 'limit 100 calls per minute (api) → 50 calls per minute (api)', 'anonymous']],
  },
  'a higher limit': {
    before: shop({}, ...throttle(50)),
    after: shop({}, ...throttle(100)),
    expected: [['loosening', 'limit 50 calls per minute (api) → 100 calls per minute (api)', 'anonymous']],
  },
  'a list of addresses that is narrower': {
    before: shop({}, ...acl('PERMIT', ['192.0.2.0/24'])),
    after: shop({}, ...acl('PERMIT', ['192.0.2.0/25'])),
    expected: [['breaking', 'served → 403 APIG.0402', 'anonymous, from 192.0.2.128']],
  },
  'a list of addresses that is gone': {
    before: shop({}, ...acl('PERMIT', ['192.0.2.0/24'])),
    after: shop(),
    expected: [['loosening', '403 APIG.0402 → served', 'anonymous, from 192.0.3.0']],
  },
  'a parameter that must be there': {
    before: shop({ requestParameters: [{ name: 'size', location: 'QUERY' }] }),
    after: shop({ requestParameters: [{ name: 'size', location: 'QUERY', required: true }] }),
    expected: [['breaking', 'served → 400 APIG.0106', 'anonymous, without size']],
  },
  'a smaller range of a parameter': {
    before: shop({
      requestParameters: [
        { name: 'size', location: 'QUERY', type: 'NUMBER', validated: true, maxNumber: 100 },
      ],
    }),
    after: shop({
      requestParameters: [
        { name: 'size', location: 'QUERY', type: 'NUMBER', validated: true, maxNumber: 50 },
      ],
    }),
    expected: [['breaking', 'served → 400 APIG.0106', 'anonymous, size 51']],
  },
  'another method': {
    before: shop(),
    after: shop({ method: 'POST' }),
    expected: [['breaking', 'served → 404 APIG.0101', 'anonymous']],
  },
  'HTTPS only': {
    before: shop({ protocol: 'BOTH' }),
    after: shop({ protocol: 'HTTPS' }),
    expected: [['breaking', 'served → 400 APIG.0607', 'anonymous, over HTTP']],
  },
  'an API that takes the calls of another one': {
    before: shop({ path: '/orders', matchMode: 'PREFIX' }),
    after: shop(
      { path: '/orders', matchMode: 'PREFIX' },
      ...released('paid', { path: '/orders/{id}', requestParameters: [{ name: 'id', location: 'PATH' }] }),
    ),
    expected: [['breaking', 'API list → API paid', /anonymous/]],
  },
  'another secret for the backend': {
    before: shop({}, ...key('a-secret-of-16-chars')),
    after: shop({}, ...key('another-of-16-chars')),
    expected: [['neutral', 'signed for the backend with another key', 'anonymous']],
  },
  'a key of an app that changes': {
    before: shop({ authentication: 'APP' }, authorized),
    after: shop({ authentication: 'APP' }, authorized).map((each) =>
      each.kind === 'app' ? { ...each, values: { ...each.values, appSecret: 'a-secret-2' } } : each,
    ),
    expected: [
      ['breaking', 'served → 401 APIG.0303', 'app storefront'],
      ['loosening', '401 APIG.0303 → served', 'app storefront with its new key'],
    ],
  },
};

const found = async (before: readonly Declared[], after: readonly Declared[]) =>
  compareBehaviour(planOf(before, after), { directory: import.meta.dirname, runtime });

const says = (outcomes: readonly OutcomeGroup[], [verdict, summary, caller]: Case['expected'][number]) =>
  outcomes.some(
    (group) =>
      group.verdict === verdict &&
      group.summary === summary &&
      group.callers.some((each) => (typeof caller === 'string' ? each === caller : caller.test(each))),
  );

describe('a comparison of behaviour', () => {
  test.each(Object.entries(CASES))(
    'says what becomes of callers: %s',
    async (_, { before, after, expected }) => {
      const { outcomes } = await found(before, after);

      const missing = expected.filter((each) => !says(outcomes, each));
      expect({
        missing,
        outcomes:
          missing.length > 0
            ? outcomes.map(({ verdict, summary, callers }) => [verdict, summary, callers])
            : [],
      }).toEqual({ missing: [], outcomes: [] });
      const worst = outcomes[0]?.verdict;
      expect(worst).toBe(expected[0]?.[0]);
      expect(outcomes.length === 0).toBe(expected.length === 0);
    },
  );

  test('says the same of the same plan, in the same bytes', async () => {
    const [before, after] = [shop({}, ...throttle(100)), shop({ authentication: 'APP' }, authorized)];

    const [one, another] = [await found(before, after), await found(before, after)];

    expect(JSON.stringify(one)).toBe(JSON.stringify(another));
  });

  test('shows no secret', async () => {
    const secrets = ['a-secret-1', 'a-secret-of-16-chars', 'another-of-16-chars'];
    const text = JSON.stringify(
      await found(
        shop({ authentication: 'APP' }, authorized, ...key('a-secret-of-16-chars')),
        shop({}, ...key('another-of-16-chars')),
      ),
    );

    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toContain('SDK-HMAC');
  });

  test('does without what other stacks have, and says so', async () => {
    const gatewayId = 'e'.repeat(32);
    const own = shop().filter(({ kind }) => kind !== 'gateway');
    const elsewhere = own.map((each) => ({ ...each, values: { ...each.values, gatewayId } }));
    const tie = made('throttleBinding', 'outside', {
      ...{ gatewayId, environmentId: RELEASE_ENVIRONMENT_ID, throttleId: 'f'.repeat(32) },
      apiIds: [ref('api', 'list')],
    });

    const { outcomes, notes } = await found(elsewhere, [...elsewhere, tie]);

    expect(outcomes).toEqual([]);
    expect(notes.join(' ')).toContain('throttle that is not part of the plan');
  });
});

describe('requests of the user', () => {
  const compared = (text: string) =>
    compareBehaviour(planOf(shop(), shop({ authentication: 'APP' }, authorized)), {
      directory: import.meta.dirname,
      runtime,
      probes: readProbes(text, 'probes.yaml'),
    });

  test('are compared with the others', async () => {
    const { outcomes } = await compared(`
requests:
  - request: GET https://shop.example.com/orders
    name: the nightly import
    address: 192.0.2.1
`);

    expect(outcomes.flatMap(({ callers }) => callers)).toContain('the nightly import');
  });

  test.each([
    ['requests: 1', 'probes.yaml: requests: expected a list.'],
    ['- request: GET orders', 'probes.yaml: requests[0].request: expected a method and a URL'],
    ['- request: GET https://a.example/\n  ip: 1', 'probes.yaml: requests[0].ip: expected one of'],
    ['- request: GET https://a.example/\n  address: here', 'requests[0].address: expected an IP address.'],
    ['- request: GET https://a.example/\n  headers: {a b: c}', 'requests[0].headers.a b: expected a header'],
    ['{', 'probes.yaml, line 1: this is no YAML'],
  ])('that are wrong are named: %s', (text, message) => {
    expect(() => readProbes(text, 'probes.yaml')).toThrow(message);
  });

  test('that call by an app that is not there are named', async () => {
    await expect(compared('- request: GET https://shop.example.com/orders\n  app: nobody')).rejects.toThrow(
      new ReviewError('probes.yaml: requests[0]: there is no app nobody.'),
    );
  });

  test('are read from the log of a runtime', async () => {
    const line = {
      ...{ remote_addr: '192.0.2.9', method: 'GET', scheme: 'https', host: 'shop.example.com' },
      ...{ router_uri: '/orders', stage: 'RELEASE', status: 200, msg: 'call' },
    };
    const log = readAccessLog(`${JSON.stringify(line)}\nno JSON\n${JSON.stringify({ msg: 'started' })}\n`);

    const { outcomes } = await compareBehaviour(planOf(shop(), shop({ authentication: 'APP' }, authorized)), {
      directory: import.meta.dirname,
      runtime,
      probes: log.source,
    });

    expect(outcomes.flatMap(({ callers }) => callers)).toContain('recorded: anonymous');
  });
});
