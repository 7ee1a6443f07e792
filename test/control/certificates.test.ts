import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { send, type RawAnswer } from '../support/gateway.ts';
import {
  openDocumented,
  uniqueName,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';

let runtime: DocumentedRuntime;
let gateway: Documented;

beforeAll(async () => {
  // Certificates are valid in the machine's time.
  runtime = await openDocumented({ clock: systemClock });
  gateway = await runtime.create();
});

afterAll(() => runtime.dispose());

const authority = await makeAuthority('Test Authority');
const issued = await makeCertificate(['shop.example.com', '*.shop.example.com'], { issuer: authority });
const other = await makeCertificate(['shop.example.com']);
const expired = await makeCertificate(['shop.example.com'], { notAfterMs: Date.now() - 1000 });
const late = await makeCertificate(['shop.example.com'], { notAfterMs: Date.parse('2040-01-01') });
const nameless = await makeCertificate([], { commonName: 'shop.example.com' });
const chain = issued.certificate + authority.certificate;

function body(fields: Json = {}): Json {
  return { name: uniqueName('certificate'), cert_content: chain, private_key: issued.key, ...fields };
}

async function create(fields: Json = {}): Promise<string> {
  const { status, body: answer } = await runtime.call('POST', 'certificates', body(fields));
  expect(status).toBe(200);
  return String(answer['id']);
}

function history(path: string): Promise<RawAnswer> {
  return send(`${runtime.endpoint}/runtime/v1/${path}`, 'GET', { 'x-auth-token': 'test-token' });
}

/** Binds a domain of its own name below shop.example.com. */
async function bind(name = `${uniqueName('d').replaceAll('_', '-')}.shop.example.com`) {
  const groupId = await gateway.group();
  const path = `api-groups/${groupId}/domains`;
  const id = await gateway.add(path, { url_domain: name });
  return {
    id,
    name,
    path: `${path}/${id}`,
    read: async (): Promise<Json> => {
      const group = await gateway.call('GET', `api-groups/${groupId}`);
      return (group.body['url_domains'] as Json[])[0] ?? {};
    },
  };
}

describe('a certificate', () => {
  test('shows what it says of itself, and never its content or key', async () => {
    const name = uniqueName('certificate');
    const created = await runtime.call(
      'POST',
      'certificates',
      body({ name, trusted_root_ca: authority.certificate }),
    );
    expect(created.status).toBe(200);
    expect(created.body).toMatchObject({
      name,
      type: 'global',
      instance_id: 'common',
      project_id: runtime.projectId,
      common_name: 'shop.example.com',
      san: ['shop.example.com', '*.shop.example.com'],
      signature_algorithm: 'ECDSA-SHA256',
      algorithm_type: 'ECC',
      is_has_trusted_root_ca: true,
      version: 3,
      issuer: ['Test Authority'],
      serial_number: expect.stringMatching(/^\d+$/),
      not_after: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const read = await runtime.call('GET', `certificates/${String(created.body['id'])}`);
    expect(read.body).toEqual(created.body);
    const list = await runtime.call('GET', `certificates?name=${name}`);
    for (const { text } of [created, read, list])
      expect(text).not.toMatch(/BEGIN|cert_content|private_key|"trusted_root_ca"/);
    expect((list.body['certs'] as Json[])[0]).not.toHaveProperty('serial_number');
  });

  test('keeps its key out of the log and the history', async () => {
    const id = await create();
    const revisions = await history('revisions?limit=1');
    const [{ revision }] = revisions.body['revisions'] as [{ revision: number }];
    const { text } = await history(`revisions/${revision}`);
    expect(text).toContain(id);
    expect(text).not.toContain('PRIVATE KEY');
    expect(runtime.logLines.join('')).not.toContain('PRIVATE KEY');
  });

  const encrypted = createPrivateKey(issued.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
    .toString();
  const ed25519 = generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

  test.each([
    ['without a name', { name: undefined }, 400, 'APIG.2001'],
    ['with a short name', { name: 'abc' }, 400, 'APIG.2011'],
    ['without content', { cert_content: undefined }, 400, 'APIG.2001'],
    ['with content that is no certificate', { cert_content: 'certificate' }, 400, 'APIG.2011'],
    ['without a key', { private_key: undefined }, 400, 'APIG.2001'],
    ['with the key of another one', { private_key: other.key }, 400, 'APIG.2101'],
    ['with a key of another algorithm', { private_key: ed25519 }, 400, 'APIG.2101'],
    ['that has expired', { cert_content: expired.certificate, private_key: expired.key }, 400, 'APIG.2102'],
    ['that ends too late', { cert_content: late.certificate, private_key: late.key }, 400, 'APIG.3148'],
    [
      'whose issuer comes first',
      { cert_content: authority.certificate + issued.certificate },
      400,
      'APIG.2104',
    ],
    ['with an encrypted key', { private_key: encrypted }, 400, 'APIG.2105'],
    ['with a key that is none', { private_key: 'key' }, 400, 'APIG.2106'],
    [
      'without alternative names',
      { cert_content: nameless.certificate, private_key: nameless.key },
      400,
      'APIG.2109',
    ],
    ['whose trusted root is no authority', { trusted_root_ca: issued.certificate }, 400, 'APIG.2011'],
    ['of an unknown type', { type: 'public' }, 400, 'APIG.2011'],
    ['of a gateway that is not named', { type: 'instance' }, 400, 'APIG.2001'],
    ['of a gateway that is not there', { type: 'instance', instance_id: 'f'.repeat(32) }, 404, 'APIG.3030'],
  ])('%s is refused', async (_, fields, status, code) => {
    const answer = await runtime.call('POST', 'certificates', body(fields));
    expect({ status: answer.status, code: answer.body['error_code'] }).toEqual({ status, code });
    expect(answer.text).not.toContain('BEGIN');
  });

  test('has a name of its own in the project', async () => {
    const name = uniqueName('certificate');
    await create({ name });
    const second = await runtime.call('POST', 'certificates', body({ name }));
    expect(second).toMatchObject({ status: 400, body: { error_code: 'APIG.3325' } });
  });

  test('may be written with other line ends', async () => {
    await create({ cert_content: chain.replaceAll('\n', '\r\n'), private_key: issued.key.trimEnd() });
  });

  test('takes another content in place', async () => {
    const id = await create();
    const next = await makeCertificate(['shop.example.com'], { commonName: 'next.example.com' });
    const change = { name: uniqueName('certificate'), cert_content: next.certificate, private_key: next.key };
    const answer = await runtime.call('PUT', `certificates/${id}`, change);
    expect(answer).toMatchObject({ status: 200, body: { id, common_name: 'next.example.com' } });
  });

  test('is not there for another project, nor when it was deleted', async () => {
    const id = await create();
    expect(await runtime.call('DELETE', `certificates/${id}`)).toMatchObject({ status: 204 });
    const answer = await runtime.call('GET', `certificates/${id}`);
    expect(answer).toMatchObject({ status: 404, body: { error_code: 'APIG.3021' } });
  });

  test('of one gateway is found there only', async () => {
    const elsewhere = await runtime.create();
    const id = await create({ type: 'instance', instance_id: gateway.id });
    const listed = async (gatewayId: string) => {
      const { body: answer } = await runtime.call('GET', `certificates?limit=500&instance_id=${gatewayId}`);
      return (answer['certs'] as Json[]).some((row) => row['id'] === id);
    };
    expect(await listed(gateway.id)).toBe(true);
    expect(await listed(elsewhere.id)).toBe(false);
    const groupId = await elsewhere.group();
    const domainId = await elsewhere.add(`api-groups/${groupId}/domains`, {
      url_domain: 'else.shop.example.com',
    });
    const attached = await elsewhere.call(
      'POST',
      `api-groups/${groupId}/domains/${domainId}/certificates/attach`,
      {
        certificate_ids: [id],
      },
    );
    expect(attached).toMatchObject({ status: 404, body: { error_code: 'APIG.3021' } });
  });
});

describe('a certificate on a domain', () => {
  test('is attached and detached by the domain', async () => {
    const [id, domain] = [await create(), await bind()];
    const certificateIds = { certificate_ids: [id] };
    expect(await gateway.call('POST', `${domain.path}/certificates/attach`, certificateIds)).toMatchObject({
      status: 204,
    });
    expect(await domain.read()).toMatchObject({
      ssl_id: id,
      ssl_infos: [{ ssl_id: id, algorithm_type: 'ECC', type: 2, is_has_trusted_root_ca: false }],
      verified_client_certificate_enabled: false,
      is_has_trusted_root_ca: false,
    });
    expect(await runtime.call('DELETE', `certificates/${id}`)).toMatchObject({
      status: 409,
      body: { error_code: 'APIG.3462' },
    });
    expect(await gateway.call('POST', `${domain.path}/certificates/detach`, certificateIds)).toMatchObject({
      status: 204,
    });
    expect(await domain.read()).toMatchObject({ ssl_id: '', ssl_infos: [] });
    expect(await gateway.call('POST', `${domain.path}/certificates/detach`, certificateIds)).toMatchObject({
      status: 400,
      body: { error_code: 'APIG.2000' },
    });
  });

  test('is attached and detached by the certificate', async () => {
    const [id, domain] = [await create({ trusted_root_ca: authority.certificate }), await bind()];
    const domains = { domains: [{ domain: domain.name }] };
    expect(await runtime.call('POST', `certificates/${id}/domains/attach`, domains)).toMatchObject({
      status: 204,
    });
    const bound = await runtime.call('GET', `certificates/${id}/attached-domains`);
    expect(bound.body).toMatchObject({
      total: 1,
      bound_domains: [
        {
          id: domain.id,
          url_domain: domain.name,
          ssl_id: id,
          instance_id: gateway.id,
          verified_client_certificate_enabled: true,
        },
      ],
    });
    expect(await runtime.call('POST', `certificates/${id}/domains/detach`, domains)).toMatchObject({
      status: 204,
    });
    expect(await runtime.call('POST', `certificates/${id}/domains/detach`, domains)).toMatchObject({
      status: 400,
      body: { error_code: 'APIG.2000' },
    });
  });

  test('is uploaded, read and removed in the older way', async () => {
    const domain = await bind();
    const upload = { name: uniqueName('certificate'), cert_content: chain, private_key: issued.key };
    const answer = await gateway.call('POST', `${domain.path}/certificate`, upload);
    expect(answer).toMatchObject({ status: 201, body: { id: domain.id, ssl_name: upload.name } });
    const path = `${domain.path}/certificate/${String(answer.body['ssl_id'])}`;
    expect(await gateway.call('GET', path)).toMatchObject({ status: 200, body: { name: upload.name } });
    expect(await gateway.call('DELETE', path)).toMatchObject({ status: 204 });
    expect(await gateway.call('GET', path)).toMatchObject({ status: 404 });
  });

  test('is refused when it does not cover the name', async () => {
    const [id, domain] = [await create(), await bind('api.elsewhere.example.com')];
    const answer = await gateway.call('POST', `${domain.path}/certificates/attach`, {
      certificate_ids: [id],
    });
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'APIG.2103' } });
  });

  test('covers a wildcard with a wildcard', async () => {
    const [id, domain] = [await create(), await bind('*.shop.example.com')];
    const answer = await gateway.call('POST', `${domain.path}/certificates/attach`, {
      certificate_ids: [id],
    });
    expect(answer.status).toBe(204);
  });

  test('verifies callers as long as it can', async () => {
    const [id, domain] = [await create({ trusted_root_ca: authority.certificate }), await bind()];
    const attach = (fields: Json) =>
      gateway.call('POST', `${domain.path}/certificates/attach`, { certificate_ids: [id], ...fields });
    expect((await attach({ verified_client_certificate_enabled: false })).status).toBe(204);
    expect(await domain.read()).toMatchObject({ verified_client_certificate_enabled: false });
    const turn = await gateway.call('PUT', domain.path, {
      min_ssl_version: 'TLSv1.2',
      verified_client_certificate_enabled: true,
    });
    expect(turn).toMatchObject({ status: 201, body: { verified_client_certificate_enabled: true } });
    await runtime.call('PUT', `certificates/${id}`, body());
    expect(await domain.read()).toMatchObject({ verified_client_certificate_enabled: false, ssl_id: id });
    expect(await attach({ verified_client_certificate_enabled: true })).toMatchObject({
      status: 400,
      body: { error_code: 'APIG.2011' },
    });
  });

  test.each([
    ['no ID', {}, 'APIG.2001'],
    ['two IDs', { certificate_ids: ['a', 'b'] }, 'APIG.2011'],
    ['an ID of nothing', { certificate_ids: ['f'.repeat(32)] }, 'APIG.3021'],
  ])('is not attached by %s', async (_, ids, code) => {
    const domain = await bind();
    const answer = await gateway.call('POST', `${domain.path}/certificates/attach`, ids);
    expect(answer.body['error_code']).toBe(code);
  });
});
