import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openDocumented, takesOrders, type DocumentedRuntime } from '../support/documented.ts';
import { openGateway, send, type RawAnswer, type TestGateway } from '../support/gateway.ts';

const TOKEN = { 'x-auth-token': 'test-token' };

let running: DocumentedRuntime;
let backend: Backend;
let groupId: string;
let apiId: string;
let gatewayId: string;
beforeAll(async () => {
  running = await openDocumented();
  backend = await openBackend();
  const gateway = await running.create();
  gatewayId = gateway.id;
  groupId = await gateway.group();
  ({ apiId } = await gateway.published(takesOrders(groupId, backend.address)));
});
afterAll(async () => {
  await running.dispose();
  await backend.dispose();
});

const scrape = (
  of: TestGateway = running,
  headers: Readonly<Record<string, string>> = TOKEN,
): Promise<RawAnswer> => send(`${of.endpoint}/runtime/v1/metrics`, 'GET', headers);

/** The samples of a text: name and labels, as they stand there, to value. */
function samplesIn({ text }: RawAnswer): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

async function call(path: string, body = ''): Promise<number> {
  const { host, port } = running.gateway.http ?? {};
  const headers = { host: `${groupId}.apic.localhost` };
  return (await send(`http://${host ?? ''}:${port ?? 0}${path}`, 'POST', headers, body)).status;
}

describe('metrics', () => {
  test('tell of each API what its calls came to', async () => {
    expect(await call('/orders', 'x'.repeat(25))).toBe(200);
    expect(await call('/orders', 'x'.repeat(25))).toBe(200);
    backend.answer((_, response) => response.destroy());
    expect(await call('/orders')).toBe(502);
    expect(await call('/elsewhere')).toBe(404);
    const answer = await scrape();
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const samples = samplesIn(answer);
    const name = [...samples.keys()].find((key) => key.includes(`api_id="${apiId}"`)) ?? '';
    const api = /api="([^"]*)"/.exec(name)?.[1] ?? '';
    const labels = `gateway_id="${gatewayId}",group_id="${groupId}",api_id="${apiId}",api="${api}",environment="RELEASE"`;
    const none = 'gateway_id="",group_id="",api_id="",api="",environment=""';
    const valueOf = (metric: string, more = '', of = labels) => samples.get(`${metric}{${of}${more}}`);
    expect(valueOf('apig_calls_total', ',class="2xx"')).toBe(2);
    expect(valueOf('apig_calls_total', ',class="5xx"')).toBe(1);
    expect(valueOf('apig_calls_total', ',class="4xx"', none)).toBe(1);
    expect(valueOf('apig_gateway_errors_total', ',code="APIG.0202"')).toBe(1);
    expect(valueOf('apig_gateway_errors_total', ',code="APIG.0101"', none)).toBe(1);
    expect(valueOf('apig_backend_failures_total', ',reason="broken"')).toBe(1);
    expect(valueOf('apig_backend_attempts_total')).toBeGreaterThanOrEqual(3);
    expect(valueOf('apig_request_bytes_total')).toBe(50);
    expect(valueOf('apig_answer_bytes_total')).toBeGreaterThan(36);
    expect(valueOf('apig_call_duration_seconds_count')).toBe(3);
    expect(valueOf('apig_call_duration_seconds_bucket', ',le="+Inf"')).toBe(3);
    expect(valueOf('apig_backend_duration_seconds_count')).toBe(2);
    expect(valueOf('apig_backend_duration_seconds_sum')).toBeGreaterThan(0);
    expect(samples.get('apig_connections{listener="https"}')).toBe(0);
    expect(samples.get('apig_connections{listener="http"}')).toBeGreaterThanOrEqual(0);
    expect(samples.get('apig_upstream_connections')).toBeGreaterThanOrEqual(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  test('have buckets that grow', async () => {
    await call('/orders');
    const { text } = await scrape();
    const buckets = text
      .split('\n')
      .filter((line) => line.startsWith('apig_call_duration_seconds_bucket') && line.includes(apiId))
      .map((line) => Number(line.slice(line.lastIndexOf(' '))));
    expect(buckets).toHaveLength(19);
    expect(buckets).toEqual(buckets.toSorted((one, other) => one - other));
    expect(text.match(/^# TYPE apig_call_duration_seconds histogram$/gm)).toHaveLength(1);
  });

  test('tell the revision in force', async () => {
    const before = samplesIn(await scrape()).get('apig_configuration_revision') ?? 0;
    await running.create();
    expect(samplesIn(await scrape()).get('apig_configuration_revision')).toBe(before + 1);
  });

  test('name each metric and each series once', async () => {
    const { text } = await scrape();
    const lines = text.split('\n').filter((line) => line !== '');
    const keys = lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('are for the owner, unless they are for anybody', async () => {
    expect((await scrape(running, {})).status).toBe(401);
    expect((await scrape(running, { 'x-auth-token': 'wrong' })).status).toBe(401);
    const open = await openGateway({ openMetrics: true });
    const answer = await scrape(open, {});
    await open.dispose();
    expect([answer.status, answer.text.includes('apig_configuration_revision')]).toEqual([200, true]);
  });

  test('name APIs as they are called', async () => {
    const own = await openDocumented();
    const gateway = await own.create();
    const group = await gateway.group();
    const name = 'v1.0:(orders)/all';
    await gateway.published({ group_id: group, req_uri: '/a', name, mock_info: { result_content: '{}' } });
    const { host, port } = own.gateway.http ?? {};
    await send(`http://${host ?? ''}:${port ?? 0}/a`, 'GET', { host: `${group}.apic.localhost` });
    const { text } = await scrape(own);
    await own.dispose();
    expect(text).toContain(`api="${name}",environment="RELEASE",class="2xx"} 1\n`);
  });
});
