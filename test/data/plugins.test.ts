import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openTraffic, type ApiInput, type Published, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
let backend: Backend;

beforeEach(async () => {
  [traffic, backend] = await Promise.all([openTraffic(), openBackend()]);
});
afterEach(async () => {
  await traffic.dispose();
  await backend.dispose();
});

function publish(input: ApiInput = {}): Published {
  return traffic.publish({
    httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/', address: backend.address, timeoutMs: 30 },
    ...input,
  });
}

function respond(status: number, headers: Readonly<Record<string, string | string[]>> = {}): void {
  backend.answer((_, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.statusCode = status;
    response.end('{}');
  });
}

describe('a plug-in for cross-origin calls', () => {
  const content = {
    allow_origin: 'https://shop.example.com, https://till.example.com',
    allow_methods: 'GET,PUT',
    allow_headers: 'Content-Type',
    expose_headers: 'X-Total',
    max_age: 600,
    allow_credentials: true,
  };
  const ask = (origin: string, method = 'GET') =>
    traffic.call({
      path: '/',
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method },
    });

  test('answers the question of a browser without authentication', async () => {
    traffic.attach('cors', content, publish({ authentication: 'APP' }));

    const answer = await ask('https://till.example.com');

    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://till.example.com',
      'access-control-allow-methods': 'GET,PUT',
      'access-control-allow-headers': 'Content-Type',
      'access-control-max-age': '600',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect(backend.requests).toHaveLength(0);
  });

  test('knows no other origin', async () => {
    traffic.attach('cors', content, publish());

    expect((await ask('https://other.example.com')).status).toBe(404);
    const answer = await traffic.call({ path: '/', headers: { origin: 'https://other.example.com' } });
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('speaks for the API and its backend', async () => {
    traffic.attach('cors', content, publish({ cors: true }));
    respond(200, { 'Access-Control-Allow-Origin': '*' });

    const answer = await traffic.call({ path: '/', headers: { origin: 'https://shop.example.com' } });

    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example.com',
      'access-control-expose-headers': 'X-Total',
    });
  });

  test('permits all origins by an asterisk, but names the one that sends credentials', async () => {
    const published = publish();
    const id = traffic.attach('cors', { allow_origin: '*' }, published);
    const call = () => traffic.call({ path: '/', headers: { origin: 'https://a.b' } });
    expect((await call()).headers['access-control-allow-origin']).toBe('*');

    traffic.attach('cors', { allow_origin: '*', allow_credentials: true }, published, id);
    expect((await call()).headers['access-control-allow-origin']).toBe('https://a.b');
  });
});

describe('a plug-in for headers of answers', () => {
  const attach = (action: string, published: Published) =>
    traffic.attach(
      'set_resp_headers',
      { response_headers: [{ name: 'X-A', value: 'new', action }] },
      published,
    );

  test.each([
    ['override', ['new'], ['new']],
    ['append', ['new'], ['one,two,new']],
    ['delete', [], []],
    ['skip', ['new'], ['one', 'two']],
    ['add', ['new'], ['one', 'two', 'new']],
  ])('does %s', async (action, absent, present) => {
    attach(action, publish());
    const values = async () => {
      const { rawHeaders } = await traffic.call('/');
      return rawHeaders.filter(
        (_, index) => rawHeaders[index - 1]?.toLowerCase() === 'x-a' && index % 2 === 1,
      );
    };

    expect(await values()).toEqual(absent);
    respond(200, { 'x-a': ['one', 'two'] });
    expect(await values()).toEqual(present);
  });

  test('sets what the gateway knows of a call, and nothing where it knows nothing', async () => {
    const known = (name: string, value: string) => ({
      ...{ name, value, action: 'override', value_type: 'system_parameter' },
    });
    traffic.attach(
      'set_resp_headers',
      { response_headers: [known('X-Stage', '$context.stage'), known('X-App', 'appId')] },
      publish(),
    );
    const { headers } = await traffic.call('/');
    expect(headers['x-stage']).toBe('RELEASE');
    expect(headers).not.toHaveProperty('x-app');
  });

  test('acts on answers of the gateway too, and no more once it is detached', async () => {
    const published = publish({ authentication: 'APP' });
    attach('override', published);
    expect((await traffic.call('/')).headers['x-a']).toBe('new');

    const [attachment] = traffic.configuration.all('pluginAttachment');
    traffic.remove('pluginAttachment', attachment?.id ?? '');
    expect((await traffic.call('/')).headers).not.toHaveProperty('x-a');
  });
});

describe('a plug-in for limits', () => {
  const content = { scope: 'basic', default_time_unit: 'minute', default_interval: 1, api_limit: 2 };
  const statuses = async (...paths: readonly string[]) => {
    const found: number[] = [];
    for (const path of paths) found.push((await traffic.call(path)).status);
    return found;
  };

  test('takes the place of a throttle', async () => {
    const published = publish();
    traffic.bind(
      'throttleBinding',
      traffic.createThrottle({ apiCallLimit: 1, timeInterval: 1, timeUnit: 'MINUTE' }),
      published,
    );
    traffic.attach('rate_limit', content, published);

    expect(await statuses('/', '/', '/')).toEqual([200, 200, 429]);
    expect(await traffic.call('/')).toMatchObject({
      code: 'APIG.0308',
      message: 'The throttling threshold has been reached: policy api over ratelimit,limit:2,time:1 minute',
    });
    traffic.clock.advance(60_000);
    expect(await statuses('/')).toEqual([200]);
  });

  test('may have no limit for the API, and one for addresses', async () => {
    traffic.attach('rate_limit', { ...content, api_limit: -1, ip_limit: 3 }, publish());
    expect(await statuses('/', '/', '/', '/')).toEqual([200, 200, 200, 429]);
  });

  test('counts APIs for themselves, or together when shared', async () => {
    const [one, two] = [publish(), publish({ path: '/two' })];
    const id = traffic.attach('rate_limit', content, one);
    traffic.put('pluginAttachment', 'a'.repeat(32), { ...two, gatewayId: traffic.gatewayId, pluginId: id });
    expect(await statuses('/', '/', '/two', '/two')).toEqual([200, 200, 200, 200]);

    traffic.clock.advance(60_000);
    traffic.put('plugin', id, {
      gatewayId: traffic.gatewayId,
      name: 'shared',
      type: 'rate_limit',
      scope: 'global',
      content: JSON.stringify({ ...content, scope: 'share' }),
    });
    expect(await statuses('/', '/two', '/two')).toEqual([200, 200, 429]);
  });

  test('limits apps, and some of them otherwise', async () => {
    const [usual, special] = [traffic.createApp(), traffic.createApp()];
    const published = publish({ authentication: 'APP' });
    for (const app of [usual, special]) traffic.authorize(app.id, published);
    traffic.attach(
      'rate_limit',
      {
        ...content,
        api_limit: 10,
        app_limit: 1,
        specials: [{ type: 'app', policies: [{ key: special.id, limit: 2 }] }],
      },
      published,
    );
    const call = async (signedBy: typeof usual) => (await traffic.call({ path: '/', signedBy })).status;

    expect([await call(usual), await call(usual)]).toEqual([200, 429]);
    expect([await call(special), await call(special), await call(special)]).toEqual([200, 200, 429]);
  });

  test('limits calls by the first rule that holds', async () => {
    traffic.attach(
      'rate_limit',
      {
        ...content,
        api_limit: 100,
        parameters: [{ name: 'tier', type: 'header', value: 'X-Tier' }],
        rules: [
          { rule_name: 'gold', match_regex: '["tier","==","gold"]', limit: 2 },
          {
            rule_name: 'others',
            match_regex: '["OR",["tier","~=","silver"],["method","==","POST"]]',
            limit: 1,
          },
        ],
      },
      publish(),
    );
    const call = async (tier?: string) =>
      (await traffic.call({ path: '/', ...(tier !== undefined && { headers: { 'x-tier': tier } }) })).status;

    expect([await call('gold'), await call('gold'), await call('gold')]).toEqual([200, 200, 429]);
    expect([await call(), await call('bronze')]).toEqual([200, 429]);
    expect([await call('silver'), await call('silver')]).toEqual([200, 200]);
  });
});

describe('a circuit breaker', () => {
  const condition = { breaker_type: 'condition', time_window: 10, open_breaker_time: 20 };
  const on5xx = { ...condition, unhealthy_condition: '["$context.statusCode","in","500,503"]' };
  const counter = { ...on5xx, breaker_mode: 'counter', unhealthy_threshold: 2 };
  const statuses = async (count: number) => {
    const found: number[] = [];
    for (let index = 0; index < count; index += 1) found.push((await traffic.call('/')).status);
    return found;
  };

  test('opens after so many bad answers in a window, and closes after its time', async () => {
    traffic.attach('breaker', { breaker_condition: counter }, publish());
    respond(500);

    expect(await statuses(3)).toEqual([500, 500, 503]);
    expect(await traffic.call('/')).toMatchObject({ code: 'APIG.0202' });
    expect(backend.requests).toHaveLength(2);
    traffic.clock.advance(20_000);
    respond(200);
    expect(await statuses(2)).toEqual([200, 200]);
  });

  test('forgets bad answers of an earlier window', async () => {
    traffic.attach('breaker', { breaker_condition: counter }, publish());
    respond(500);
    await statuses(1);
    traffic.clock.advance(10_000);

    expect(await statuses(2)).toEqual([500, 500]);
  });

  test('judges a share when the window ends', async () => {
    const share = { ...on5xx, breaker_mode: 'percentage', min_call_threshold: 4, unhealthy_percentage: 50 };
    traffic.attach('breaker', { breaker_condition: share }, publish());
    respond(500);
    expect(await statuses(2)).toEqual([500, 500]);
    respond(200);
    expect(await statuses(2)).toEqual([200, 200]);

    traffic.clock.advance(10_000);

    expect(await statuses(1)).toEqual([503]);
  });

  test('opens after time-outs', async () => {
    const timeouts = { ...counter, breaker_type: 'timeout', unhealthy_threshold: 1 };
    traffic.attach('breaker', { breaker_condition: timeouts }, publish());
    respond(500);
    expect(await statuses(2)).toEqual([500, 500]);
    backend.answer(() => undefined);

    expect(await statuses(2)).toEqual([504, 503]);
  });

  test('lets a mock answer while it is open', async () => {
    const downgrade_default = {
      type: 'mock',
      mock_info: { status_code: 203, result_content: 'later', headers: [{ key: 'X-A', value: 'b' }] },
    };
    traffic.attach('breaker', { breaker_condition: counter, downgrade_default }, publish());
    respond(503);
    await statuses(2);

    const answer = await traffic.call('/');

    expect([answer.status, answer.text, answer.headers['x-a']]).toEqual([203, 'later', 'b']);
  });

  test('has a circuit for each rule', async () => {
    traffic.attach(
      'breaker',
      {
        breaker_condition: counter,
        downgrade_rules: [
          {
            rule_name: 'posts',
            match_regex: '["method","==","POST"]',
            breaker_condition: { ...counter, unhealthy_threshold: 1 },
          },
        ],
      },
      publish({ method: 'ANY' }),
    );
    respond(500);
    const post = async () => (await traffic.call({ path: '/', method: 'POST' })).status;

    expect([await post(), await post()]).toEqual([500, 503]);
    expect(await statuses(3)).toEqual([500, 500, 503]);
  });
});

describe('an authentication service', () => {
  let service: Backend;
  beforeEach(async () => {
    service = await openBackend();
  });
  afterEach(() => service.dispose());

  const request = () => ({ method: 'POST', protocol: 'HTTP', url_domain: service.address, path: '/check' });
  const attach = (content: object = {}, input: ApiInput = {}) =>
    traffic.attach('third_auth', { auth_request: request(), ...content }, publish(input));
  function decide(status: number, headers: Readonly<Record<string, string>> = {}): void {
    service.answer((_, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.statusCode = status;
      response.end('{"reason":"no"}');
    });
  }

  test('lets calls pass that it accepts, and is shown what they sent', async () => {
    attach({ carry_path_enabled: true, carry_body: { enabled: true } }, { method: 'POST', path: '/orders' });

    const answer = await traffic.call({
      path: '/orders?a=1',
      method: 'POST',
      headers: { token: 't' },
      body: 'an order',
    });

    expect(answer.status).toBe(200);
    expect(service.last()).toMatchObject({
      method: 'POST',
      target: '/check/orders?a=1',
      headers: { token: 't' },
    });
    expect(service.last().body.toString()).toBe('an order');
    expect(backend.last().body.toString()).toBe('an order');
  });

  test('refuses the others with APIG.0312', async () => {
    attach();
    decide(403);

    expect(await traffic.call('/')).toMatchObject({ status: 401, code: 'APIG.0312' });
    expect(backend.requests).toHaveLength(0);
  });

  test('is sent only the identities, all of which must be there', async () => {
    attach({ identities: { headers: [{ name: 'Token' }], queries: [{ name: 'tenant' }] } });
    expect(await traffic.call({ path: '/', headers: { token: 't' } })).toMatchObject({ code: 'APIG.0313' });
    expect(service.requests).toHaveLength(0);

    await traffic.call({ path: '/?tenant=a&x=1', headers: { token: 't', other: 'o' } });

    expect(service.last()).toMatchObject({ target: '/check?tenant=a', headers: { token: 't' } });
    expect(service.last().headers).not.toHaveProperty('other');
  });

  test('accepts by a header of its answer in the other mode', async () => {
    attach({ simple_auth_mode_enabled: false, match_auth: { key: 'X-Ok', value: 'yes' } });
    decide(200);
    expect((await traffic.call('/')).status).toBe(401);
    decide(200, { 'x-ok': 'yes' });
    expect((await traffic.call('/')).status).toBe(200);
  });

  test('gives headers for the backend, which callers cannot', async () => {
    attach({ carry_resp_headers: ['X-User'] });
    decide(200, { 'x-user': 'alice' });

    await traffic.call({ path: '/', headers: { 'x-user': 'mallory' } });

    expect(backend.last().headers['x-user']).toBe('alice');
  });

  test('answers the caller itself where it is told to', async () => {
    attach({ return_resp_body_enabled: true });
    decide(403, { 'content-type': 'application/problem+json' });

    const answer = await traffic.call('/');

    expect([answer.status, answer.text]).toEqual([403, '{"reason":"no"}']);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  test('blocks an address that failed too often for five minutes', async () => {
    traffic.clock.set(Date.parse('2026-01-01T00:00:00Z'));
    attach({ custom_forbid_limit: 1 });
    decide(401);
    const codes = [
      (await traffic.call('/')).code,
      (await traffic.call('/')).code,
      (await traffic.call('/')).code,
    ];
    expect(codes).toEqual(['APIG.0312', 'APIG.0312', 'APIG.0314']);

    traffic.clock.advance(300_000);
    decide(200);
    expect((await traffic.call('/')).status).toBe(200);
  });

  test('that fails closes the API, unless it is told to open it', async () => {
    const published = publish();
    const id = traffic.attach('third_auth', { auth_request: request() }, published);
    decide(500);
    expect(await traffic.call('/')).toMatchObject({ status: 500, code: 'APIG.0617' });
    await service.dispose();
    expect(await traffic.call('/')).toMatchObject({ status: 500, code: 'APIG.0616' });

    traffic.attach('third_auth', { auth_request: request(), auth_downgrade_enabled: true }, published, id);
    expect((await traffic.call('/')).status).toBe(200);
    service = await openBackend();
  });

  test.each([
    ['allow', 200, 401],
    ['deny', 401, 200],
  ])('is asked by rules of type %s', async (rule_type, matching, other) => {
    attach(
      {
        rule_enabled: true,
        rule_type,
        rules: [{ rule_name: 'r', match_regex: '["reqPath","~~","^/open"]' }],
      },
      { path: '/', matchMode: 'PREFIX' },
    );
    decide(401);

    expect((await traffic.call('/open/a')).status).toBe(matching);
    expect((await traffic.call('/else')).status).toBe(other);
  });

  test('is reached by a channel', async () => {
    const channelId = traffic.putChannel({ members: [{ host: '127.0.0.1', port: service.port }] });
    const auth_request = {
      method: 'GET',
      protocol: 'HTTP',
      path: '/check',
      vpc_channel_enabled: true,
      vpc_channel_info: { vpc_id: channelId, vpc_proxy_host: 'auth.internal' },
    };
    traffic.attach('third_auth', { auth_request }, publish());

    expect((await traffic.call('/')).status).toBe(200);
    expect(service.last()).toMatchObject({ target: '/check', headers: { host: 'auth.internal' } });
    traffic.putChannel({ members: [] }, channelId);
    expect(await traffic.call('/')).toMatchObject({ status: 500, code: 'APIG.0615' });
  });
});
