import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { ExplainedRequest, Explanation } from '../../gateway-runtime/src/explaining.ts';
import { openBackend, type Backend } from '../support/backend.ts';
import { makeCertificate } from '../support/certificates.ts';
import { openGrpcBackend, openGrpcCaller, type GrpcBackend } from '../support/grpc.ts';
import { createId, openTraffic, settled, type Traffic } from '../support/traffic.ts';

const ANSWER = 'urn:function:answer';
const REDIRECTING = 'redirecting.example.com';

let traffic: Traffic;
let backend: Backend;
let service: Backend;
let grpc: GrpcBackend;

beforeAll(async () => {
  [backend, service] = await Promise.all([openBackend(), openBackend()]);
  grpc = await openGrpcBackend({
    greet: (call: ServerUnaryCall<string, string>, answer: sendUnaryData<string>) =>
      answer(null, `hello ${call.request}`),
  });
  const functions = { [ANSWER]: { url: `http://${service.address}/answer` } };
  traffic = await openTraffic({ https: true, functions });
  const { gatewayId, groupId } = traffic;
  const certificateId = createId();
  const { certificate, key } = await makeCertificate([REDIRECTING]);
  const input = { name: 'certificate', certificate, privateKey: key };
  traffic.put('certificate', certificateId, { ...settled('certificate', input), projectId: 'project' });
  const domain = { gatewayId, groupId, name: REDIRECTING, redirectToHttps: true, certificateId };
  traffic.put('domain', createId(), settled('domain', domain));
});

afterAll(async () => {
  await traffic.dispose();
  await Promise.all([backend.dispose(), service.dispose()]);
  grpc.dispose();
});

function explain(request: Partial<ExplainedRequest> & { readonly target: string }): Promise<Explanation> {
  const usual = { method: 'GET', host: traffic.domain, headers: [], secure: false };
  return traffic.dataPlane.explain(traffic.configuration, {
    ...usual,
    clientAddress: '127.0.0.1',
    ...request,
  });
}

describe('an explanation', () => {
  test('of a plain call of a host that is moved to HTTPS shows where it is sent', async () => {
    const path = `/${createId()}`;
    traffic.publish({ path });
    const target = `${path}?a=b`;

    const explained = await explain({ target, host: REDIRECTING });
    const lived = await traffic.call({ path: target, host: REDIRECTING });

    expect(explained.stages.at(-1)).toMatchObject({ stage: 'https_redirect', decision: 'answered' });
    expect(explained.answer?.status).toBe(lived.status);
    expect(new Map(explained.answer?.headers).get('Location')).toBe(lived.headers['location']);
  });

  test('of an encrypted call of that host goes on: of the handshake it knows nothing', async () => {
    const path = `/${createId()}`;
    traffic.publish({ path });

    const { stages } = await explain({ target: path, host: REDIRECTING, secure: true });

    expect(stages.find(({ stage }) => stage === 'tls')).toMatchObject({ decision: 'passed' });
    expect(stages.at(-1)).toMatchObject({ stage: 'backend', decision: 'answered' });
  });

  test('of a question for a public key has the answer', async () => {
    const { gatewayId } = traffic;
    const id = createId();
    const [key, secret] = ['k'.repeat(16), 'v'.repeat(16)];
    const input = { gatewayId, name: 'asked_for', type: 'public_key', key, secret };
    traffic.put('signatureKey', id, { ...settled('signatureKey', input), key, secret });
    const config = JSON.stringify({ public_key_uri_prefix: '/apigw/signature/public-key/' });
    const feature = { gatewayId, name: 'public_key', enabled: true, config };
    traffic.put('gatewayFeature', createId(), settled('gatewayFeature', feature));
    const target = `/apigw/signature/public-key/${id}`;

    const explained = await explain({ target });
    const lived = await traffic.call(target);

    expect(explained.stages.at(-1)).toMatchObject({ stage: 'public_key', decision: 'answered' });
    expect(explained.answer).toMatchObject({ status: lived.status, body: lived.text });
  });

  test('of a call on a debug domain that had its calls of the day says so', async () => {
    const host = `${traffic.groupId}.apic.localhost`;
    const before = await explain({ target: '/', host });
    for (let count = 0; count < 1000; count += 1) await traffic.call({ path: '/', host });

    const explained = await explain({ target: '/', host });
    const lived = await traffic.call({ path: '/', host });

    expect(before.limits).toContainEqual(expect.objectContaining({ limit: 1000, remaining: 1000 }));
    expect(explained.stages.at(-1)).toMatchObject({ stage: 'debug_domain', decision: 'refused' });
    expect(explained.error).toMatchObject({ code: lived.code, message: lived.message });
  });

  test('names the function that answers, and does not ask it', async () => {
    const path = `/${createId()}`;
    traffic.publish({ path, functionBackend: { functionUrn: ANSWER, invocation: 'sync' } });
    service.answer((_, response) => {
      response.end(JSON.stringify({ statusCode: 200, body: 'hello' }));
    });

    const explained = await explain({ target: path });
    expect(service.requests).toEqual([]);
    const lived = await traffic.call(path);

    expect(explained).toMatchObject({
      outcome: 'forwarded',
      backend: { kind: 'function', functionUrn: ANSWER },
    });
    expect(lived).toMatchObject({ status: 200, text: 'hello' });
  });

  test('of a gRPC call shows the method that is called', async () => {
    traffic.publish({
      path: '/test.Greeter',
      matchMode: 'PREFIX',
      method: 'POST',
      protocol: 'GRPCS',
      httpBackend: { address: grpc.address, protocol: 'GRPC', method: 'POST', path: '/' },
    });
    const call = { method: 'POST', target: '/test.Greeter/Greet', secure: true };

    const explained = await explain({ ...call, headers: [['Content-Type', 'application/grpc']] });
    const other = await explain({ ...call, headers: [['Content-Type', 'application/json']] });

    expect(explained).toMatchObject({
      outcome: 'forwarded',
      backend: { method: 'POST', url: `http://${grpc.address}/test.Greeter/Greet` },
    });
    expect(other.stages.at(-1)).toMatchObject({ stage: 'protocol', decision: 'refused' });
    expect(await greet()).toBe('hello you');
  });

  test('lists the members of a channel that take calls, and no others', async () => {
    const path = `/${createId()}`;
    const { port } = backend;
    const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
    const differences = [{}, {}, { enabled: false }, { weight: 0 }, { backup: true }];
    const members = hosts.map((host, index) => ({ host, port, ...differences[index] }));
    const channelId = traffic.putChannel({ members });
    traffic.publish({ path, httpBackend: { protocol: 'HTTP', method: 'GET', path: '/', channelId } });
    const healthOf = (host: string, isHealthy: boolean) =>
      traffic.dataPlane.health.setHealth({ channelId, memberId: `${host}:${port}`, isHealthy });

    const all = await explain({ target: path });
    healthOf('127.0.0.2', false);
    const healthy = await explain({ target: path });
    healthOf('127.0.0.1', false);
    const backups = await explain({ target: path });
    healthOf('127.0.0.5', false);
    const none = await explain({ target: path });
    const lived = await traffic.call(path);

    expect(all.backend).toMatchObject({ channelMembers: [`127.0.0.1:${port}`, `127.0.0.2:${port}`] });
    expect(healthy.backend).toMatchObject({ channelMembers: [`127.0.0.1:${port}`] });
    expect(backups.backend).toMatchObject({ channelMembers: [`127.0.0.5:${port}`] });
    expect(none).toMatchObject({ outcome: 'refused', error: { code: lived.code, message: lived.message } });
    expect(none.answer?.status).toBe(lived.status);
  });
});

async function greet(): Promise<string> {
  const caller = openGrpcCaller(traffic.https.port, traffic.dataPlane.certificate ?? '', traffic.domain);
  try {
    return await new Promise<string>((resolve, reject) => {
      const toBytes = (text: string) => Buffer.from(text);
      const toText = (bytes: Buffer) => bytes.toString();
      caller.makeUnaryRequest('/test.Greeter/Greet', toBytes, toText, 'you', (error, answer) => {
        if (error === null) resolve(answer ?? '');
        else reject(error);
      });
    });
  } finally {
    caller.close();
  }
}
