import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sign } from '@apig/sdk/signer';
import type { ExplainedRequest, Explanation, Stage } from '../../gateway-runtime/src/explaining.ts';
import { openExplainer } from '../../gateway-runtime/src/data/explain/explainer.ts';
import { openBackend, type Backend } from '../support/backend.ts';
import {
  ALICE,
  BOB,
  createId,
  openTraffic,
  settled,
  type ApiInput,
  type TestCall,
  type Traffic,
} from '../support/traffic.ts';

const CHECK = 'urn:function:check';

let backend: Backend;
let service: Backend;
let traffic: Traffic;

beforeAll(async () => {
  [backend, service] = await Promise.all([openBackend(), openBackend()]);
});
afterAll(async () => {
  await Promise.all([backend.dispose(), service.dispose()]);
});

beforeEach(async () => {
  traffic = await openTraffic({ functions: { [CHECK]: { url: `http://${service.address}/check` } } });
});

afterEach(() => traffic.dispose());

/** A case: what is configured, and the call that is made then. */
interface Case {
  readonly name: string;
  /** The step at which the call ends. */
  readonly stage: Stage;
  readonly outcome: Explanation['outcome'];
  /** Configures, and returns the call. */
  readonly prepare: () => Promise<TestCall> | TestCall;
  readonly request?: Partial<ExplainedRequest>;
}

const http = (more: object = {}): ApiInput => ({
  method: 'ANY',
  matchMode: 'PREFIX',
  httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/back', ...more },
});

/** The request of a case as it is explained, and as it is made: with the same header lines. */
function requestOf(call: TestCall, more: Partial<ExplainedRequest> = {}): ExplainedRequest {
  return {
    method: call.method ?? 'GET',
    host: call.host ?? traffic.domain,
    target: call.path,
    headers: Object.entries(call.headers ?? {}).flatMap(([name, value]) =>
      (typeof value === 'string' ? [value] : value).map((each) => [name, each] as const),
    ),
    ...(call.body !== undefined && { body: String(call.body) }),
    secure: false,
    clientAddress: '127.0.0.1',
    ...more,
  };
}

function signed(call: TestCall, { accessKey, secret }: { accessKey: string; secret: string }): TestCall {
  const { method = 'GET', path: target, body } = call;
  const headers = { host: traffic.domain, ...call.headers } as Record<string, string>;
  const lines = sign({
    method,
    target,
    headers,
    body,
    accessKey,
    secret,
    date: new Date(traffic.clock.now()),
  });
  return { ...call, headers: { ...call.headers, ...lines } };
}

function throttled(limits: object, published: ReturnType<Traffic['publish']>): void {
  const usual = { apiCallLimits: 1, apiCallLimit: 1000, timeInterval: 1, timeUnit: 'DAY' as const };
  traffic.bind('throttleBinding', traffic.createThrottle({ ...usual, ...limits }), published);
}

function putAuthorizer(type: 'FRONTEND' | 'BACKEND'): string {
  const id = createId();
  const { gatewayId } = traffic;
  traffic.put(
    'authorizer',
    id,
    settled('authorizer', { gatewayId, name: `authorizer_${id}`, type, functionUrn: CHECK }),
  );
  return id;
}

const decide = (status: string): void =>
  service.answer((_, response) => {
    response.end(JSON.stringify({ statusCode: 200, body: JSON.stringify({ status }) }));
  });

const CASES: readonly Case[] = [
  {
    name: 'a path that climbs',
    stage: 'request',
    outcome: 'refused',
    prepare: () => ({ path: '/%2e%2e/a' }),
  },
  {
    name: 'a host that leads nowhere',
    stage: 'host',
    outcome: 'refused',
    prepare: () => ({ path: '/', host: 'elsewhere.example.com' }),
  },
  {
    name: 'a body that is too large',
    stage: 'body_size',
    outcome: 'refused',
    prepare: () => {
      const { gatewayId } = traffic;
      const feature = { gatewayId, name: 'request_body_size', enabled: true, config: String(1024 * 1024) };
      traffic.put('gatewayFeature', createId(), settled('gatewayFeature', feature));
      traffic.publish(http());
      return { path: '/', method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) };
    },
  },
  {
    name: 'a path without an API',
    stage: 'route',
    outcome: 'refused',
    prepare: () => ({ path: '/nowhere' }),
  },
  {
    name: 'another method',
    stage: 'route',
    outcome: 'refused',
    prepare: () => {
      traffic.publish({ path: '/only', method: 'GET' });
      return { path: '/only', method: 'DELETE' };
    },
  },
  {
    name: 'an API that serves HTTPS only',
    stage: 'protocol',
    outcome: 'refused',
    prepare: () => {
      traffic.publish({ ...http(), protocol: 'HTTPS' });
      return { path: '/' };
    },
  },
  {
    name: 'an address that is kept out',
    stage: 'address_control',
    outcome: 'refused',
    prepare: () => {
      const acl = traffic.createAcl({ type: 'DENY', entityType: 'IP', values: ['127.0.0.1'] });
      traffic.bind('aclBinding', acl, traffic.publish(http()));
      return { path: '/' };
    },
  },
  {
    name: 'a call without a signature',
    stage: 'authentication',
    outcome: 'refused',
    prepare: () => {
      traffic.publish({ ...http(), authentication: 'APP' });
      return { path: '/' };
    },
  },
  {
    name: 'a wrong signature',
    stage: 'authentication',
    outcome: 'refused',
    prepare: () => {
      const app = traffic.createApp();
      traffic.authorize(app.id, traffic.publish({ ...http(), authentication: 'APP' }));
      return signed({ path: '/' }, { ...app, secret: 'another' });
    },
  },
  {
    name: 'a token that nobody knows',
    stage: 'authentication',
    outcome: 'refused',
    prepare: () => {
      traffic.publish({ ...http(), authentication: 'IAM' });
      return { path: '/', headers: { 'X-Auth-Token': 'unknown' } };
    },
  },
  {
    name: 'an account that is kept out',
    stage: 'account_control',
    outcome: 'refused',
    prepare: () => {
      const acl = traffic.createAcl({ type: 'DENY', entityType: 'DOMAIN', values: [BOB.domainName] });
      traffic.bind('aclBinding', acl, traffic.publish({ ...http(), authentication: 'IAM' }));
      return signed({ path: '/' }, BOB);
    },
  },
  {
    name: 'an app that the API is not opened to',
    stage: 'authorization',
    outcome: 'refused',
    prepare: () => {
      traffic.publish({ ...http(), authentication: 'APP' });
      return signed({ path: '/' }, traffic.createApp());
    },
  },
  {
    name: 'a window that is full',
    stage: 'throttle',
    outcome: 'refused',
    prepare: async () => {
      throttled({ apiCallLimit: 1 }, traffic.publish(http()));
      await traffic.call('/');
      return { path: '/' };
    },
  },
  {
    name: 'a parameter that is missing',
    stage: 'parameters',
    outcome: 'refused',
    prepare: () => {
      traffic.publish({
        ...http(),
        requestParameters: [{ name: 'page', location: 'QUERY', type: 'NUMBER', required: true }],
      });
      return { path: '/' };
    },
  },
  {
    name: 'an authorizer that refuses',
    stage: 'authentication',
    outcome: 'refused',
    prepare: () => {
      traffic.publish({ ...http(), authentication: 'AUTHORIZER', authorizerId: putAuthorizer('FRONTEND') });
      decide('deny');
      return { path: '/' };
    },
  },
  {
    name: 'an authorizer of a backend that refuses',
    stage: 'backend_authorizer',
    outcome: 'refused',
    prepare: () => {
      traffic.publish(http({ authorizerId: putAuthorizer('BACKEND') }));
      decide('deny');
      return { path: '/' };
    },
  },
  {
    name: 'a value that a place in the path needs',
    stage: 'mapping',
    outcome: 'refused',
    prepare: () => {
      traffic.publish({
        path: '/items',
        requestParameters: [{ name: 'id', location: 'QUERY', type: 'STRING' }],
        httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/items/{id}' },
        backendParameters: [{ origin: 'REQUEST', name: 'id', location: 'PATH', value: 'id' }],
      });
      return { path: '/items' };
    },
  },
  {
    name: 'a call that goes round',
    stage: 'backend',
    outcome: 'refused',
    prepare: () => {
      traffic.publish(http());
      return { path: '/', headers: { 'X-Apig-Hops': '10' } };
    },
  },
  {
    name: 'an app that calls from an address of which it may not',
    stage: 'app_address_control',
    outcome: 'refused',
    prepare: () => {
      const app = traffic.createApp();
      const acl = { gatewayId: traffic.gatewayId, appId: app.id, type: 'DENY', values: ['127.0.0.1'] };
      traffic.put('appAcl', createId(), settled('appAcl', acl));
      traffic.authorize(app.id, traffic.publish({ ...http(), authentication: 'APP' }));
      return signed({ path: '/' }, app);
    },
  },
  {
    name: 'a quota that is used up',
    stage: 'app_quota',
    outcome: 'refused',
    prepare: async () => {
      const { gatewayId } = traffic;
      const app = traffic.createApp();
      const id = createId();
      const quota = { gatewayId, name: 'quota', callLimit: 1, timeInterval: 1, timeUnit: 'DAY' };
      traffic.put('appQuota', id, settled('appQuota', quota));
      traffic.put('appQuotaBinding', createId(), { gatewayId, appQuotaId: id, appId: app.id });
      traffic.authorize(app.id, traffic.publish({ ...http(), authentication: 'APP' }));
      await traffic.call(signed({ path: '/' }, app));
      return signed({ path: '/' }, app);
    },
  },
  {
    name: 'a service outside that refuses',
    stage: 'third_party',
    outcome: 'refused',
    prepare: () => {
      const request = { method: 'POST', protocol: 'HTTP', url_domain: service.address, path: '/check' };
      traffic.attach('third_auth', { auth_request: request }, traffic.publish(http()));
      service.answer((_, response) => {
        response.statusCode = 401;
        response.end();
      });
      return { path: '/' };
    },
  },
  {
    name: 'the question of a browser',
    stage: 'preflight',
    outcome: 'answered',
    prepare: () => {
      const content = { allow_origin: '*', allow_methods: 'GET', allow_headers: '*', max_age: 60 };
      traffic.attach('cors', content, traffic.publish(http()));
      const headers = { Origin: 'https://shop.example.com', 'Access-Control-Request-Method': 'GET' };
      return { path: '/', method: 'OPTIONS', headers };
    },
  },
  {
    name: 'an open circuit',
    stage: 'circuit',
    outcome: 'refused',
    prepare: async () => {
      const condition = {
        breaker_type: 'condition',
        breaker_mode: 'counter',
        unhealthy_condition: '["$context.statusCode","==","404"]',
        time_window: 10,
        open_breaker_time: 20,
        unhealthy_threshold: 1,
      };
      traffic.attach('breaker', { breaker_condition: condition }, traffic.publish(http()));
      backend.answer((_, response) => response.writeHead(404).end());
      await traffic.call('/');
      backend.answer((_, response) => response.end());
      return { path: '/' };
    },
  },
  {
    name: 'a mock answer',
    stage: 'backend',
    outcome: 'answered',
    prepare: () => {
      traffic.publish({ mockBackend: { result: '{"from":"mock"}', statusCode: 201 } });
      return { path: '/' };
    },
  },
  {
    name: 'a plain call',
    stage: 'backend',
    outcome: 'forwarded',
    prepare: () => {
      traffic.publish(http());
      return { path: '/a%20b?c=d', headers: { Accept: 'text/plain', 'X-Forwarded-For': '10.0.0.1' } };
    },
  },
  {
    name: 'a signed call with a body',
    stage: 'backend',
    outcome: 'forwarded',
    prepare: () => {
      const app = traffic.createApp();
      traffic.authorize(app.id, traffic.publish({ ...http(), authentication: 'APP' }));
      return signed({ path: '/', method: 'POST', body: '{"a":1}' }, app);
    },
  },
  {
    name: 'a call of an account',
    stage: 'backend',
    outcome: 'forwarded',
    prepare: () => {
      traffic.publish({ ...http(), authentication: 'IAM' });
      return signed({ path: '/' }, ALICE);
    },
  },
  {
    name: 'a call that is signed for its backend',
    stage: 'backend',
    outcome: 'forwarded',
    prepare: () => {
      const id = createId();
      const { gatewayId } = traffic;
      traffic.put(
        'signatureKey',
        id,
        settled('signatureKey', {
          gatewayId,
          name: 'backend',
          type: 'hmac',
          key: 'backend_key',
          secret: 'b'.repeat(16),
        }),
      );
      traffic.bind('signatureBinding', id, traffic.publish(http()));
      return { path: '/' };
    },
  },
  {
    name: 'a call with mapped parameters',
    stage: 'backend',
    outcome: 'forwarded',
    prepare: () => {
      traffic.publish({
        path: '/users/{user}',
        requestParameters: [{ name: 'user', location: 'PATH', type: 'STRING', required: true }],
        httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/v2/{user}' },
        backendParameters: [
          { origin: 'REQUEST', name: 'user', location: 'PATH', value: 'user' },
          { origin: 'CONSTANT', name: 'X-Plan', location: 'HEADER', value: 'gold' },
        ],
      });
      return { path: '/users/7?q=1' };
    },
  },
];

describe('an explanation', () => {
  test.each(CASES)('of $name says what a call then gets', async ({ stage, outcome, prepare }) => {
    const call = await prepare();
    const authorizers = Object.fromEntries(
      traffic.configuration.all('authorizer').map(({ id }) => [id, { allow: false }]),
    );
    const before = backend.requests.length;

    const explained = await traffic.dataPlane.explain(
      traffic.configuration,
      requestOf(call, { assumed: { authorizers, thirdParty: false } }),
    );
    expect(backend.requests).toHaveLength(before);
    const lived = await traffic.call(call);

    expect(explained).toMatchObject({ outcome, stages: expect.anything() });
    expect(explained.stages.at(-1)).toMatchObject({ stage, decision: outcome });
    expect(explained.stages.slice(0, -1).every(({ decision }) => decision === 'passed')).toBe(true);
    if (outcome === 'forwarded') {
      const sent = backend.last();
      expect(explained.backend).toMatchObject({
        kind: 'http',
        method: sent.method,
        url: `http://${backend.address}${sent.target}`,
      });
      expect(headersOf(explained)).toEqual(linesOf(sent.rawHeaders, explained));
    } else {
      expect(explained.answer?.status).toBe(lived.status);
      expect(explained.error?.code).toBe(lived.code);
      expect(explained.error?.message).toBe(lived.message);
      if (lived.code === undefined) expect(explained.answer?.body).toBe(lived.text);
    }
  });

  test('spends nothing, and tells what is left', async () => {
    throttled({ apiCallLimit: 3 }, traffic.publish(http()));
    await traffic.call('/');

    const all: Explanation[] = [];
    for (let count = 0; count < 5; count += 1)
      all.push(await traffic.dataPlane.explain(traffic.configuration, requestOf({ path: '/' })));

    for (const { outcome, limits } of all) {
      expect(outcome).toBe('forwarded');
      expect(limits).toContainEqual({ dimension: 'api', limit: 3, remaining: 2, interval: 1, unit: 'day' });
    }
    expect((await traffic.call('/')).status).toBe(200);
    expect((await traffic.call('/')).status).toBe(200);
    expect((await traffic.call('/')).code).toBe('APIG.0308');
  });

  test('depends on an authorizer of which nothing is assumed', async () => {
    const authorizerId = putAuthorizer('FRONTEND');
    traffic.publish({ ...http(), authentication: 'AUTHORIZER', authorizerId });
    const before = service.requests.length;

    const explained = await traffic.dataPlane.explain(traffic.configuration, requestOf({ path: '/' }));

    expect(explained).toMatchObject({
      outcome: 'depends',
      dependsOn: { kind: 'authorizer', id: authorizerId },
    });
    expect(service.requests).toHaveLength(before);
  });

  test('goes on with what an authorizer is taken to say', async () => {
    const authorizerId = putAuthorizer('FRONTEND');
    traffic.publish({ ...http(), authentication: 'AUTHORIZER', authorizerId });

    const explained = await traffic.dataPlane.explain(
      traffic.configuration,
      requestOf({ path: '/' }, { assumed: { authorizers: { [authorizerId]: { allow: true } } } }),
    );

    expect(explained.outcome).toBe('forwarded');
  });

  test('takes an app at its word', async () => {
    const app = traffic.createApp('shop');
    const published = traffic.publish({ ...http(), authentication: 'APP' });
    const request = requestOf({ path: '/' }, { appId: app.id });

    const refused = await traffic.dataPlane.explain(traffic.configuration, request);
    traffic.authorize(app.id, published);
    const explained = await traffic.dataPlane.explain(traffic.configuration, request);

    expect(refused.error?.code).toBe('APIG.0304');
    expect(explained).toMatchObject({ outcome: 'forwarded', caller: { kind: 'app', name: 'shop' } });
  });

  test('shows no credentials', async () => {
    traffic.publish(http());

    const explained = await traffic.dataPlane.explain(
      traffic.configuration,
      requestOf({
        path: '/',
        headers: { Authorization: 'Bearer of-a-secret', Cookie: 'session=of-a-secret' },
      }),
    );

    expect(explained.outcome).toBe('forwarded');
    expect(JSON.stringify(explained)).not.toContain('of-a-secret');
  });

  test('names what is bound to the API', async () => {
    const published = traffic.publish(http());
    throttled({}, published);

    const { policies, matched } = await traffic.dataPlane.explain(
      traffic.configuration,
      requestOf({ path: '/' }),
    );

    expect(policies).toEqual([expect.objectContaining({ kind: 'throttle' })]);
    expect(matched).toMatchObject({ apiId: published.apiId, environment: 'RELEASE' });
  });

  test('needs no gateway that serves', async () => {
    traffic.publish(http());
    const explainer = openExplainer(traffic.configuration, { clock: traffic.clock });

    const all = await Promise.all(
      Array.from({ length: 500 }, (_, index) => explainer.explain(requestOf({ path: `/${index}` }))),
    );

    explainer.close();
    // The gateway's own limit is 200 calls a second, which nobody has made.
    expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['forwarded']));
  });
});

/** Names and values that an explanation says, as far as they are the same for each call. */
function headersOf({ backend: said }: Explanation): readonly string[] {
  const lines = said?.kind === 'http' ? said.headers : [];
  return sorted(lines.map(([name, value]) => [name.toLowerCase(), value]));
}

/** What a backend got, with the values masked that the explanation masks. */
function linesOf(raw: readonly string[], { backend: said }: Explanation): readonly string[] {
  const masked = new Set(
    (said?.kind === 'http' ? said.headers : [])
      .filter(([, value]) => value === '******')
      .map(([name]) => name.toLowerCase()),
  );
  const pairs: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    pairs.push([name, masked.has(name) ? '******' : (raw[index + 1] ?? '')]);
  }
  return sorted(pairs);
}

function sorted(pairs: readonly (readonly [string, string])[]): readonly string[] {
  return pairs
    .filter(([name]) => name !== 'content-length' && name !== 'connection')
    .map(([name, value]) => (name === 'x-request-id' ? name : `${name}: ${value}`))
    .sort();
}
