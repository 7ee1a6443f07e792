import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Json } from '@apig/sdk/contract';
import { comparedBy, groupsOf, type Compared } from '../../provider/src/review/behaviour/compare.ts';
import { toSnapshot, type Configured } from '../../provider/src/review/behaviour/configuration.ts';
import { corpusOf } from '../../provider/src/review/behaviour/corpus.ts';
import { AT, signed, type Probe, type ProbeRequest } from '../../provider/src/review/behaviour/probe.ts';
import { replay } from '../../provider/src/review/behaviour/replay.ts';
import { startRuntime, type OwnRuntime } from '../../provider/src/review/behaviour/runtime.ts';
import { createView, type View } from '../../provider/src/review/behaviour/view.ts';
import type { OutcomeGroup } from '../../provider/src/review/model.ts';
import { openBackend, type Backend } from '../support/backend.ts';
import { openGateway, send, type TestGateway } from '../support/gateway.ts';
import { ADDRESSES, APPS, CODE, declared, DOMAINS, edited, PATHS } from './random-gateways.ts';
import { planOf } from './states.ts';

let backend: Backend;
let before: TestGateway;
let after: TestGateway;
let judge: OwnRuntime;

beforeAll(async () => {
  backend = await openBackend({
    answer: ({ method, target, headers }, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ method, target, headers: seen(headers) }));
    },
  });
  const open = () =>
    openGateway({ clock: { now: () => Date.parse(AT) }, https: { host: '127.0.0.1', port: 0 } });
  [before, after, judge] = await Promise.all([open(), open(), startRuntime(import.meta.dirname)]);
});

afterAll(async () => {
  await Promise.all([before.dispose(), after.dispose(), judge.close(), backend.dispose()]);
});

/** Has a gateway serve a configuration, to callers that say in a header from where they call. */
async function load(gateway: TestGateway, configured: Configured): Promise<void> {
  const trusting = configured.objects
    .filter(({ kind }) => kind === 'gateway')
    .map(({ id }) => ({
      kind: 'gatewayFeature',
      id: 'callers-say-where-they-are',
      body: {
        gatewayId: id,
        name: 'real_ip_from_xff',
        enabled: true,
        config: '{"enable":"on","xff_index":-1}',
      },
    }));
  const document = toSnapshot({ objects: [...configured.objects, ...trusting] });
  const { status, text } = await send(
    `${gateway.endpoint}/runtime/v1/snapshot?replace=true&adopt=true`,
    'POST',
    { 'X-Auth-Token': 'test-token', 'Content-Type': 'application/json' },
    JSON.stringify(document),
  );
  if (status !== 200) throw new Error(text);
}

/** What a caller and a backend see of a call. */
function live({ gateway }: TestGateway, request: ProbeRequest): Promise<string> {
  const { method, host, target, secure, headers, address } = request;
  const place = secure ? gateway.https : gateway.http;
  if (place === undefined) throw new Error('the gateway listens on both ports');
  const options = {
    host: place.host,
    port: place.port,
    method,
    path: target,
    headers: { ...headers, Host: host, 'X-Forwarded-For': address },
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const sent = secure
      ? httpsRequest({
          ...options,
          servername: host,
          ca: gateway.certificate,
          checkServerIdentity: () => undefined,
        })
      : httpRequest(options);
    sent.on('error', reject).on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('error', reject).on('end', () => {
        const body = text.replace(/"request_id":"[0-9a-f]+"/, '');
        resolve(JSON.stringify([answer.statusCode, seen(answer.headers), body]));
      });
    });
    sent.end();
  });
}

/** Header lines that the configuration decides about. */
function seen(headers: Readonly<Record<string, unknown>>): Json {
  const own =
    /^(?:date|x-request-id|connection|keep-alive|content-length|transfer-encoding|traceparent|host)$/;
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !own.test(name))
      .sort(),
  );
}

const CALLERS: readonly (readonly [string, (request: ProbeRequest) => ProbeRequest])[] = [
  ['anonymous', (request) => request],
  ...APPS.map(
    (app) =>
      [
        app,
        (request: ProbeRequest) => signed(request, { key: `${app}-key-1`, secret: `${app}-secret-1` }),
      ] as const,
  ),
  ['code', (request) => ({ ...request, headers: { ...request.headers, 'X-Apig-AppCode': CODE } })],
];

/** Requests such as somebody could send, made without a look at how the corpus is made. */
function sampleFor(groupId: string): fc.Arbitrary<ProbeRequest> {
  return fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS'),
      host: fc.constantFrom(...DOMAINS, `${groupId}.apic.localhost`),
      path: fc.constantFrom(...PATHS, '/a/b/c', '/c/d', '/none'),
      id: fc.constantFrom('7', 'b'),
      secure: fc.boolean(),
      address: fc.constantFrom(...ADDRESSES),
      beta: fc.boolean(),
      size: fc.constantFrom(undefined, '1', '2', '3', '12', 'abc', 'x'),
      inQuery: fc.boolean(),
      origin: fc.constantFrom(undefined, undefined, 'https://shop.example', 'https://evil.example'),
      caller: fc.constantFrom(...CALLERS),
    })
    .map(({ method, host, path, id, secure, address, beta, size, inQuery, origin, caller: [, as] }) =>
      as({
        method,
        host,
        target: `${path.replace('{id}', id)}${size !== undefined && inQuery ? `?x-size=${size}` : ''}`,
        secure,
        address,
        headers: {
          ...(beta && { 'X-Stage': 'beta' }),
          ...(size !== undefined && !inQuery && { 'x-size': size }),
          ...(origin !== undefined && { Origin: origin }),
        },
      }),
    );
}

/** What is reported of one request alone, and whether a group reports the same. */
async function reportOf(
  request: ProbeRequest,
  groups: readonly OutcomeGroup[],
  views: { readonly before: View; readonly after: View },
): Promise<{ readonly summary: string; readonly isReported: boolean }> {
  const probe: Probe = { api: '', environment: '', caller: '', request };
  const [own] = groupsOf(await comparedBy(judge, [probe], views));
  if (own === undefined) return { summary: 'nothing changes', isReported: false };
  const names = [own.before.api, own.after.api].filter((name) => name !== undefined);
  const isReported = groups.some(
    (group) =>
      group.verdict === own.verdict &&
      group.summary === own.summary &&
      (names.length === 0 || names.includes(group.api)),
  );
  return { summary: `${names.join(', ')}: ${own.summary}`, isReported };
}

describe('what a comparison of behaviour reports', () => {
  test('is what changes for real callers: nothing less and nothing more', async () => {
    await fc.assert(
      fc.asyncProperty(edited, fc.infiniteStream(fc.nat()), async ([old, planned], seeds) => {
        const plan = planOf(declared(old, backend.address), declared(planned, backend.address));
        const sides = replay(plan);
        const views = { before: createView(sides.before), after: createView(sides.after) };
        expect([...sides.before.notes, ...sides.after.notes]).toEqual([]);
        const { probes } = corpusOf(views.before, views.after);
        const compared = await comparedBy(judge, probes, views);
        const groups = groupsOf(compared);
        await Promise.all([load(before, sides.before), load(after, sides.after)]);

        // Nothing more: each group has a request that real gateways treat otherwise.
        for (const group of groups) {
          const members = compared.filter((each) => isMember(each, group));
          let isReal = false;
          for (const { probe } of members) {
            const [was, is] = await Promise.all([live(before, probe.request), live(after, probe.request)]);
            if (was !== is) isReal = true;
            if (isReal) break;
          }
          expect([group.summary, group.api, isReal]).toEqual([group.summary, group.api, true]);
        }

        // Nothing less: each request that real gateways treat otherwise is in a group.
        const groupId = views.before.all('apiGroup').find(({ body }) => body['name'] === 'orders')?.id ?? '';
        const [seed = 1] = [...seeds.take(1)];
        for (const request of fc.sample(sampleFor(groupId), { seed, numRuns: 40 })) {
          const [was, is] = await Promise.all([live(before, request), live(after, request)]);
          if (was === is) continue;
          const report = await reportOf(request, groups, views);
          const reported = groups.map(({ api, summary }) => `${api}: ${summary}`);
          if (report.isReported) continue;
          throw new Error(
            `not reported: ${JSON.stringify({ request, was, is, reported, ...report }, null, 1)}`,
          );
        }
      }),
      { seed: 20_261_124, numRuns: Number(process.env['REVIEW_RUNS'] ?? 12), endOnFailure: true },
    );
  }, 600_000);
});

function isMember(compared: Compared, group: OutcomeGroup): boolean {
  const [own] = groupsOf([compared]);
  return (
    own?.verdict === group.verdict &&
    own.summary === group.summary &&
    own.api === group.api &&
    own.environment === group.environment
  );
}
