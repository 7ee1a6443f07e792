import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { KafkaLog } from '../../gateway-runtime/src/data/plugins/kafka-logs.ts';
import { openBackend, type Backend } from '../support/backend.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import {
  findKafkaBroker,
  openKafkaBroker,
  type KafkaBroker,
  type KafkaBrokerOptions,
} from '../support/kafka.ts';
import {
  createId,
  openTraffic,
  settled,
  type ApiInput,
  type Published,
  type Traffic,
} from '../support/traffic.ts';

const program = findKafkaBroker();

let traffic: Traffic;
let backend: Backend;
const brokers: KafkaBroker[] = [];

beforeEach(async () => {
  [traffic, backend] = await Promise.all([openTraffic(), openBackend()]);
});
afterEach(async () => {
  await traffic.dispose();
  await Promise.all([backend.dispose(), ...brokers.splice(0).map((broker) => broker.dispose())]);
});

async function openBroker(options: Partial<KafkaBrokerOptions> = {}): Promise<KafkaBroker> {
  const broker = await openKafkaBroker(program ?? '', { topic: 'calls', ...options });
  brokers.push(broker);
  return broker;
}

function publish(content: Json, input: ApiInput = {}): Published {
  const published = traffic.publish({
    method: 'ANY',
    httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/b', address: backend.address },
    ...input,
  });
  attach(content, published);
  return published;
}

function attach(content: Json, published: Published): string {
  return traffic.attach('kafka_log', { topic: 'calls', max_retry_count: 0, ...content }, published);
}

const messageOf = async (broker: KafkaBroker) => JSON.parse((await broker.next()).value) as Json;

/** Waits until that many messages have come to that end. */
async function messages(what: 'kafka_sent' | 'kafka_failed' | 'kafka_dropped', count: number): Promise<void> {
  for (;;) {
    const { calls } = await traffic.dataPlane.statistics.state();
    const found = calls.reduce((sum, call) => sum + (call.deeds.get(what) ?? 0), 0);
    if (found >= count) {
      expect(found).toBe(count);
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a plug-in that logs calls to Kafka', () => {
  // In CI that is a failure, where the broker is looked for.
  if (program === undefined) {
    test('is looked at where there is Go', () => {
      process.stderr.write('NOT CHECKED: logs by a Kafka broker, as there is no Go to build it with here\n');
    });
    return;
  }

  test('sends a message for each call, with the usual fields and the key', async () => {
    const broker = await openBroker();
    publish({ broker_list: [broker.address], key: 'gateway-1' });

    const answer = await traffic.call({ path: '/?secret=x', headers: { 'user-agent': 'test/1' } });
    const { topic, key, value } = await broker.next();

    expect([topic, key]).toEqual(['calls', 'gateway-1']);
    expect(JSON.parse(value)).toEqual({
      start_time: new Date(traffic.clock.now()).toISOString(),
      request_id: answer.headers['x-request-id'],
      client_ip: '127.0.0.1',
      request_time: expect.any(Number),
      http_status: 200,
      scheme: 'http',
      request_method: 'GET',
      host: traffic.domain,
      uri: '/',
      upstream_addr: `http://${backend.address}`,
      upstream_status: 200,
      upstream_response_time: expect.any(Number),
      http_x_forwarded_for: '',
      http_user_agent: 'test/1',
      error_type: 0,
    });
    await messages('kafka_sent', 1);
  });

  test('tells what it is told to tell, and no credentials', async () => {
    const broker = await openBroker();
    const fields = ['start_time', 'request_time', 'upstream_response_time', 'request_id', 'upstream_addr'];
    const app = traffic.createApp('orders');
    const published = publish(
      {
        broker_list: [broker.address],
        meta_config: {
          system: {
            ...Object.fromEntries(fields.map((name) => [name, false])),
            ...{ app_name: true, api_uri_mode: true, response_size: true, region_id: true },
            ...{ access_model1: true, response_source: true, custom_data_log02: true },
          },
          call_data: {
            log_request_header: true,
            request_header_filter: 'X-Kind, Authorization',
            log_request_query_string: true,
            request_query_string_filter: 'page',
            log_request_body: true,
            log_response_header: true,
            response_header_filter: 'content-type,set-cookie',
            log_response_body: true,
          },
        },
      },
      { authentication: 'APP' },
    );
    traffic.authorize(app.id, published);
    const { gatewayId } = traffic;
    const config = '{"custom_logs":[{"location":"query","name":"x"},{"location":"query","name":"page"}]}';
    traffic.put(
      'gatewayFeature',
      createId(),
      settled('gatewayFeature', { gatewayId, name: 'custom_log', config }),
    );
    backend.answer((_, response) => {
      response.setHeader('Set-Cookie', 'a=b');
      response.setHeader('Content-Type', 'text/plain');
      response.write('grün');
      response.end();
    });

    await traffic.call({
      path: '/?page=2&other=3',
      method: 'POST',
      headers: { 'X-Kind': 'new' },
      body: 'order',
      signedBy: app,
    });

    expect(await messageOf(broker)).toEqual({
      client_ip: '127.0.0.1',
      http_status: 200,
      scheme: 'http',
      request_method: 'POST',
      host: traffic.domain,
      uri: '/',
      upstream_status: 200,
      http_x_forwarded_for: '',
      http_user_agent: '',
      error_type: 0,
      access_model1: 'APP',
      api_uri_mode: 'NORMAL',
      response_size: 5,
      region_id: '',
      app_name: 'orders',
      response_source: 'remote',
      custom_data_log02: '2',
      call_data: {
        request_header: { 'x-kind': 'new', authorization: '***' },
        request_query_string: { page: '2' },
        request_body: 'order',
        response_header: { 'content-type': 'text/plain', 'set-cookie': '***' },
        response_body: 'grün',
      },
    });
  });

  test('logs what the gateway itself answers', async () => {
    const broker = await openBroker();
    publish({ broker_list: [broker.address] }, { authentication: 'APP' });
    await traffic.call('/');
    expect(await messageOf(broker)).toMatchObject({
      http_status: 401,
      upstream_status: '',
      upstream_addr: '',
    });
  });

  test('shows the brokers who it is, over TLS, and trusts those it is told to', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kafka-'));
    try {
      const authority = await makeAuthority('brokers');
      const { certificate, key } = await makeCertificate(['localhost', '127.0.0.1'], { issuer: authority });
      const [certificateFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
      writeFileSync(certificateFile, certificate);
      writeFileSync(keyFile, key);
      const login = { user: 'gateway', password: 'secret' };
      const broker = await openBroker({ login, tls: { certificateFile, keyFile } });
      const sasl = {
        security_protocol: 'SASL_SSL',
        sasl_mechanisms: 'PLAIN',
        sasl_username: 'gateway',
        sasl_password: 'secret',
        ssl_ca_content: authority.certificate,
      };
      const published = publish({ broker_list: [broker.address], sasl_config: sasl });
      await traffic.call('/');
      expect(await messageOf(broker)).toMatchObject({ http_status: 200 });

      attach({ broker_list: [broker.address], sasl_config: { ...sasl, sasl_password: 'wrong' } }, published);
      expect((await traffic.call('/')).status).toBe(200);
      await messages('kafka_failed', 1);
      attach({ broker_list: [broker.address], sasl_config: { ...sasl, ssl_ca_content: '' } }, published);
      expect((await traffic.call('/')).status).toBe(200);
      await messages('kafka_failed', 2);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test('sends what still waits when the gateway ends', async () => {
    const broker = await openBroker();
    publish({ broker_list: [broker.address] });
    for (let index = 0; index < 20; index += 1) await traffic.call('/');
    await traffic.dataPlane.drain(10_000);
    for (let index = 0; index < 20; index += 1) expect(await messageOf(broker)).toMatchObject({ uri: '/' });
  });
});

describe('a log without its broker', () => {
  test('costs calls nothing but the messages', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    publish({ broker_list: [`127.0.0.1:${port}`] });

    for (let index = 0; index < 3; index += 1) expect((await traffic.call('/')).status).toBe(200);
    await messages('kafka_failed', 3);
  });

  test('drops messages beyond those that may wait, and all when it ends', async () => {
    const deeds = new Map<string, number>();
    const note = (deed: string, times: number) => void deeds.set(deed, (deeds.get(deed) ?? 0) + times);
    const log = new KafkaLog(() => new Promise(() => undefined));
    // 500 leave at once, 10,000 wait.
    for (let index = 0; index < 10_600; index += 1) log.add({ key: '', value: String(index) }, note);
    expect(Object.fromEntries(deeds)).toEqual({ kafka_dropped: 100 });

    await log.close(0);
    expect(Object.fromEntries(deeds)).toEqual({ kafka_dropped: 10_100 });
    log.add({ key: '', value: 'late' }, note);
    expect(deeds.get('kafka_dropped')).toBe(10_101);
  });

  test('holds no more than some bytes', () => {
    const deeds: string[] = [];
    const log = new KafkaLog(() => new Promise(() => undefined));
    const value = 'x'.repeat(1024 * 1024);
    for (let index = 0; index < 17; index += 1) log.add({ key: '', value }, (deed) => void deeds.push(deed));
    expect(deeds).toEqual(['kafka_dropped']);
  });

  test('sends in batches, in order, one after the other', async () => {
    const sent: number[][] = [];
    const log = new KafkaLog(() =>
      Promise.resolve({
        send: (messages) => {
          sent.push(messages.map(({ value }) => Number(value)));
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      }),
    );
    for (let index = 0; index < 1200; index += 1) log.add({ key: '', value: String(index) }, () => undefined);
    await log.close(10_000);
    expect(sent.map(({ length }) => length)).toEqual([500, 500, 200]);
    expect(sent.flat()).toEqual(Array.from({ length: 1200 }, (_, index) => index));
  });
});
