import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { at, openDocumented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const NOWHERE = '0'.repeat(32);
const SECOND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('an API group', () => {
  test('shows all documented fields with their types', async () => {
    const gateway = await running.create();

    const { status, body } = await gateway.call('POST', 'api-groups', {
      name: 'orders',
      remark: 'of the shop',
    });

    const debugDomain = `${String(body['id'])}.apic.localhost`;
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'orders',
      remark: 'of the shop',
      status: 1,
      sl_domain: debugDomain,
      sl_domains: [debugDomain],
      sl_domain_access_enabled: true,
      url_domains: [],
      register_time: expect.stringMatching(SECOND),
      update_time: expect.stringMatching(SECOND),
      on_sell_status: 2,
      is_default: 2,
      call_limits: 0,
      time_interval: 0,
      time_unit: '',
      version: 'V1',
      roma_app_id: '',
      roma_app_name: '',
    });
    expect((await gateway.call('GET', `api-groups/${String(body['id'])}`)).body).toEqual(body);
  });

  test('keeps its remark when an update leaves it out, and loses it when it is empty', async () => {
    const gateway = await running.create();
    const id = await gateway.add('api-groups', { name: 'orders', remark: 'old' });

    const kept = await gateway.call('PUT', `api-groups/${id}`, { name: 'sales' });
    const lost = await gateway.call('PUT', `api-groups/${id}`, { name: 'sales', remark: '' });

    expect(kept).toMatchObject({ status: 200, body: { name: 'sales', remark: 'old' } });
    expect(lost.body['remark']).toBe('');
  });

  test('has a name of its own in the gateway', async () => {
    const gateway = await running.create();
    await gateway.group('orders');
    const other = await gateway.group('sales');

    const taken = { status: 400, body: { error_code: 'APIG.3201' } };
    expect(await gateway.call('POST', 'api-groups', { name: 'orders' })).toMatchObject(taken);
    expect(await gateway.call('PUT', `api-groups/${other}`, { name: 'orders' })).toMatchObject(taken);
    expect(await gateway.call('POST', 'api-groups/check', { group_name: 'orders' })).toMatchObject(taken);
    expect((await gateway.call('POST', 'api-groups/check', { group_name: 'free' })).status).toBe(204);
    expect((await (await running.create()).call('POST', 'api-groups', { name: 'orders' })).status).toBe(201);
  });

  test('answers on its debug domain or not', async () => {
    const gateway = await running.create();
    const id = await gateway.group();

    const off = await gateway.call('PUT', `api-groups/${id}/sl-domain-access-settings`, {
      sl_domain_access_enabled: false,
    });

    expect(off.status).toBe(204);
    expect((await gateway.call('GET', `api-groups/${id}`)).body['sl_domain_access_enabled']).toBe(false);
    const renamed = await gateway.call('PUT', `api-groups/${id}`, { name: 'renamed' });
    expect(renamed.body['sl_domain_access_enabled']).toBe(false);
    const wrong = await gateway.call('PUT', `api-groups/${id}/sl-domain-access-settings`, {});
    expect(wrong.body['error_code']).toBe('APIG.2001');
  });

  test('with APIs is not deleted', async () => {
    const gateway = await running.create();
    const id = await gateway.group();
    const apiId = await gateway.api({ group_id: id });

    const refused = await gateway.call('DELETE', `api-groups/${id}`);
    await gateway.call('DELETE', `apis/${apiId}`);
    const deleted = await gateway.call('DELETE', `api-groups/${id}`);

    expect(refused).toMatchObject({ status: 412, body: { error_code: 'APIG.3415' } });
    expect(deleted.status).toBe(204);
  });

  test('takes its domains with it', async () => {
    const gateway = await running.create();
    const id = await gateway.group();
    await gateway.add(`api-groups/${id}/domains`, { url_domain: 'a.example.com' });

    await gateway.call('DELETE', `api-groups/${id}`);

    const other = await gateway.group();
    const again = await gateway.call('POST', `api-groups/${other}/domains`, { url_domain: 'a.example.com' });
    expect(again.status).toBe(201);
  });

  test('DEFAULT is neither deleted nor renamed', async () => {
    const gateway = await running.create();
    const id = String(at((await gateway.call('GET', 'api-groups?name=DEFAULT')).body, 'groups', 0, 'id'));

    const refused = { status: 403, body: { error_code: 'APIG.1101' } };
    expect(await gateway.call('DELETE', `api-groups/${id}`)).toMatchObject(refused);
    expect(await gateway.call('PUT', `api-groups/${id}`, { name: 'other' })).toMatchObject(refused);
    expect((await gateway.call('PUT', `api-groups/${id}`, { name: 'DEFAULT', remark: 'x' })).status).toBe(
      200,
    );
  });
});

describe('a domain', () => {
  test('is bound, shown by its group, changed and unbound', async () => {
    const gateway = await running.create();
    const group = await gateway.group();
    const domains = `api-groups/${group}/domains`;
    const shown = async () => (await gateway.call('GET', `api-groups/${group}`)).body['url_domains'];

    const bound = await gateway.call('POST', domains, { url_domain: 'a.example.com' });
    const id = String(bound.body['id']);
    expect(bound).toMatchObject({
      status: 201,
      body: {
        url_domain: 'a.example.com',
        status: 3,
        min_ssl_version: 'TLSv1.1',
        is_http_redirect_to_https: false,
        verified_client_certificate_enabled: false,
      },
    });
    expect(await shown()).toEqual([
      {
        id,
        domain: 'a.example.com',
        name: 'a.example.com',
        cname_status: 3,
        ssl_id: '',
        ssl_name: '',
        ssl_infos: [],
        min_ssl_version: 'TLSv1.1',
        is_http_redirect_to_https: false,
        verified_client_certificate_enabled: false,
        is_has_trusted_root_ca: false,
        ingress_http_port: 80,
        ingress_https_port: 443,
      },
    ]);

    const changed = await gateway.call('PUT', `${domains}/${id}`, {
      min_ssl_version: 'TLSv1.2',
      is_http_redirect_to_https: true,
    });
    expect(changed).toMatchObject({
      status: 201,
      body: { min_ssl_version: 'TLSv1.2', is_http_redirect_to_https: true, url_domain: 'a.example.com' },
    });
    const kept = await gateway.call('PUT', `${domains}/${id}`, { min_ssl_version: 'TLSv1.1' });
    expect(kept.body['is_http_redirect_to_https']).toBe(true);

    expect((await gateway.call('DELETE', `${domains}/${id}`)).status).toBe(204);
    expect(await shown()).toEqual([]);
    expect(await gateway.call('DELETE', `${domains}/${id}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3020' },
    });
  });

  test('belongs to one group of a gateway, however it is written', async () => {
    const gateway = await running.create();
    const [one, other] = [await gateway.group(), await gateway.group()];
    await gateway.add(`api-groups/${one}/domains`, { url_domain: 'a.example.com' });

    for (const name of ['a.example.com', 'A.Example.com', 'a.example.com.']) {
      expect(await gateway.call('POST', `api-groups/${other}/domains`, { url_domain: name })).toMatchObject({
        status: 400,
        body: { error_code: 'APIG.3305' },
      });
    }
  });

  test('is found below its own group only', async () => {
    const gateway = await running.create();
    const [one, other] = [await gateway.group(), await gateway.group()];
    const id = await gateway.add(`api-groups/${one}/domains`, { url_domain: '*.example.com' });

    expect(await gateway.call('DELETE', `api-groups/${other}/domains/${id}`)).toMatchObject({
      status: 400,
      body: { error_code: 'APIG.3474' },
    });
    expect(await gateway.call('DELETE', `api-groups/${NOWHERE}/domains/${id}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3001' },
    });
  });

  test('is one of at most five of its group', async () => {
    const gateway = await running.create();
    const group = await gateway.group();
    for (const label of 'abcde')
      await gateway.add(`api-groups/${group}/domains`, { url_domain: `${label}.com` });

    expect(await gateway.call('POST', `api-groups/${group}/domains`, { url_domain: 'f.com' })).toMatchObject({
      status: 403,
      body: { error_code: 'APIG.3108' },
    });
  });
});
