import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { at, gatewayBody, openDocumented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const NOWHERE = '0'.repeat(32);

describe('a gateway', () => {
  test('is created with an answer of 202 that names it', async () => {
    const { status, body } = await running.call('POST', 'instances', gatewayBody());

    expect(status).toBe(202);
    expect(body).toEqual({
      instance_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      message: expect.any(String),
      job_id: expect.any(String),
    });
  });

  test('shows all documented fields with their types', async () => {
    const gateway = await running.create({
      instance_name: 'all_fields',
      description: 'shop',
      bandwidth_size: 10,
    });

    const { status, body } = await gateway.call('GET', '');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: gateway.id,
      project_id: running.projectId,
      instance_name: 'all_fields',
      status: 'Running',
      instance_status: 6,
      type: 'apig',
      spec: 'BASIC',
      create_time: running.clock.now(),
      enterprise_project_id: '0',
      eip_address: '',
      charging_mode: 0,
      cbc_metadata: '',
      loadbalancer_provider: 'elb',
      cbc_operation_locks: [],
      description: 'shop',
      vpc_id: 'vpc-1',
      subnet_id: 'subnet-1',
      security_group_id: 'security-group-1',
      maintain_begin: '22:00:00',
      maintain_end: '02:00:00',
      ingress_ip: '127.0.0.1',
      user_id: 'tester',
      nat_eip_address: '127.0.0.1',
      bandwidth_size: 10,
      bandwidth_charging_mode: 'bandwidth',
      available_zone_ids: '[az-a, az-b]',
      publicips: [],
      supported_features: expect.arrayContaining(['cors']),
      endpoint_services: [{ service_name: `local.apig.${gateway.id}` }],
      node_ips: { livedata: ['127.0.0.1'], shubao: ['127.0.0.1'] },
      is_releasable: true,
    });
  });

  test('has the environment RELEASE and the group DEFAULT from the start', async () => {
    const gateway = await running.create();

    const environments = await gateway.call('GET', 'envs');
    const groups = await gateway.call('GET', 'api-groups');

    expect(environments.body).toMatchObject({
      total: 1,
      envs: [{ id: 'DEFAULT_ENVIRONMENT_RELEASE_ID', name: 'RELEASE' }],
    });
    expect(groups.body).toMatchObject({ total: 1, groups: [{ name: 'DEFAULT', is_default: 1 }] });
  });

  test('tells that its creation is done', async () => {
    const gateway = await running.create();

    const { body } = await gateway.call('GET', 'progress');

    expect(body).toMatchObject({ progress: 100, status: 'success', start_time: running.clock.now() });
  });

  test('takes the ID that its creator chose, once', async () => {
    const chosen = { ...gatewayBody(), instance_id: '01234567-89ab-cdef-0123-456789abcdef' };

    const first = await running.call('POST', 'instances', chosen);
    const second = await running.call('POST', 'instances', { ...chosen, instance_name: 'another_name' });

    expect(first.body['instance_id']).toBe('0123456789abcdef0123456789abcdef');
    expect([second.status, second.body['error_code']]).toEqual([400, 'APIC.7505']);
  });

  test('does not take the name of another one of the project', async () => {
    await running.create({ instance_name: 'only_one' });

    const { status, body } = await running.call('POST', 'instances', {
      ...gatewayBody(),
      instance_name: 'only_one',
    });

    expect([status, body['error_code']]).toEqual([400, 'APIC.7500']);
  });

  test('changes what an update gives and keeps the rest', async () => {
    const gateway = await running.create({ description: 'before' });

    const changed = await gateway.call('PUT', '', { maintain_begin: '02:00:00', spec_id: 'PLATINUM' });

    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      description: 'before',
      maintain_begin: '02:00:00',
      maintain_end: '06:00:00',
      spec: 'BASIC',
    });
  });

  test('loses its description when an update gives an empty one', async () => {
    const gateway = await running.create({ description: 'before' });

    const changed = await gateway.call('PUT', '', { description: '' });

    expect(changed.body['description']).toBe('');
  });

  test('grows to a larger edition and not to a smaller one', async () => {
    const gateway = await running.create({ spec_id: 'PROFESSIONAL' });

    const resize = (edition: unknown) => gateway.call('POST', 'postpaid-resize', { spec_id: edition });

    expect([
      (await resize('PROFESSIONAL')).status,
      (await resize('PROFESSIONAL')).body['error_code'],
    ]).toEqual([409, 'APIC.7707']);
    expect((await resize('BASIC')).body['error_code']).toBe('APIC.9215');
    expect((await resize('HUGE')).body['error_code']).toBe('APIC.7301');
    expect(await resize('PLATINUM')).toMatchObject({ status: 202, body: { instance_id: gateway.id } });
    expect((await gateway.call('GET', '')).body['spec']).toBe('PLATINUM');
  });

  test('has outbound access turned on, changed and off', async () => {
    const gateway = await running.create({ bandwidth_size: 0 });
    const size = async () => (await gateway.call('GET', '')).body['bandwidth_size'];

    expect(await size()).toBe(0);
    expect((await gateway.call('POST', 'nat-eip', { bandwidth_size: '5' })).status).toBe(200);
    expect(await size()).toBe(5);
    expect((await gateway.call('PUT', 'nat-eip', { bandwidth_size: 5 })).status).toBe(200);
    expect((await gateway.call('PUT', 'nat-eip', { bandwidth_size: 8 })).status).toBe(200);
    expect(await size()).toBe(8);
    expect((await gateway.call('DELETE', 'nat-eip')).status).toBe(204);
    expect(await size()).toBe(0);
  });

  test('has inbound access turned on, changed and off', async () => {
    const gateway = await running.create();
    const addresses = async () => (await gateway.call('GET', '')).body['publicips'];

    const on = await gateway.call('POST', 'ingress-eip', { bandwidth_size: 5 });
    expect(on).toMatchObject({ status: 202, body: { instance_id: gateway.id } });
    expect(await addresses()).toEqual([{ ip_address: '127.0.0.1', bandwidth_size: 5 }]);
    const again = await gateway.call('POST', 'ingress-eip', { bandwidth_size: 5 });
    expect([again.status, again.body['error_code']]).toEqual([409, 'APIC.7711']);
    expect((await gateway.call('PUT', 'ingress-eip', { bandwidth_size: 9 })).status).toBe(202);
    expect((await gateway.call('DELETE', 'ingress-eip')).status).toBe(204);
    expect(await addresses()).toEqual([]);
  });

  test('has an elastic IP bound and unbound, with balancer lvs only', async () => {
    const lvs = await running.create({ loadbalancer_provider: 'lvs' });
    const elb = await running.create();

    expect(await lvs.call('PUT', 'eip', { eip_id: 'eip-1' })).toMatchObject({
      status: 200,
      body: { eip_id: 'eip-1', eip_address: '127.0.0.1' },
    });
    expect((await lvs.call('POST', 'eip', { eip_id: 'eip-2' })).status).toBe(202);
    expect((await lvs.call('DELETE', 'eip')).status).toBe(204);
    const refused = await elb.call('PUT', 'eip', { eip_id: 'eip-1' });
    expect([refused.status, refused.body['error_code']]).toEqual([400, 'APIC.7211']);
  });

  test('has tags added, changed and removed', async () => {
    const gateway = await running.create({ tags: [{ key: 'team', value: 'shop' }] });
    const act = (action: string, tags: unknown) =>
      gateway.call('POST', 'instance-tags/action', { action, tags });

    expect((await act('create', [{ key: 'stage', value: 'test' }])).status).toBe(204);
    expect((await act('create', [{ key: 'team', value: 'orders' }])).status).toBe(204);
    expect((await gateway.call('GET', 'instance-tags')).body).toEqual({
      resource_id: gateway.id,
      resouce_detail: null,
      resource_name: expect.any(String),
      tags: [
        { key: 'team', value: 'orders' },
        { key: 'stage', value: 'test' },
      ],
    });
    expect((await act('delete', [{ key: 'team' }])).status).toBe(204);
    expect((await gateway.call('GET', 'instance-tags')).body['tags']).toEqual([
      { key: 'stage', value: 'test' },
    ]);
    expect((await act('rename', [])).body['error_code']).toBe('APIC.7211');
  });

  test('is gone with everything in it when it is deleted', async () => {
    const gateway = await running.create();
    const { apiId } = await gateway.published();

    const deleted = await gateway.call('DELETE', '');

    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect(await gateway.call('GET', '')).toMatchObject({ status: 404, body: { error_code: 'APIC.7302' } });
    expect(await gateway.call('GET', `apis/${apiId}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3030' },
    });
    expect(await gateway.call('DELETE', '')).toMatchObject({ status: 404 });
  });

  test('that does not exist is told by a code for its management and one for its content', async () => {
    for (const path of ['', '/progress', '/restriction', '/instance-tags']) {
      const answer = await running.call('GET', `instances/${NOWHERE}${path}`);
      expect([path, answer.status, answer.body['error_code']]).toEqual([path, 404, 'APIC.7302']);
    }
    const content = await running.call('GET', `instances/${NOWHERE}/envs`);
    expect([content.status, content.body['error_code'], content.body['error_msg']]).toEqual([
      404,
      'APIG.3030',
      `The instance does not exist,id:${NOWHERE}`,
    ]);
  });
});

describe('the list of gateways', () => {
  test('shows the short form, and finds by name, ID and status', async () => {
    const gateway = await running.create({ instance_name: 'the_wanted_one' });

    const list = (query: string) => running.call('GET', `instances?${query}`);

    const [found] = (await list('instance_name=wanted')).body['instances'] as readonly unknown[];
    expect(found).toMatchObject({ id: gateway.id, instance_name: 'the_wanted_one', status: 'Running' });
    expect(at(found, 'available_zone_ids')).toBeUndefined();
    expect((await list(`instance_id=${gateway.id}`)).body['total']).toBe(1);
    expect((await list('instance_name=wanted&status=Creating')).body['total']).toBe(0);
  });
});

test('a project has as many gateways as its limit says', async () => {
  const limited = await openDocumented({ limits: { INSTANCE_NUM_LIMIT: 2 } });
  await limited.create();
  await limited.create();

  const { status, body } = await limited.call('POST', 'instances', gatewayBody());

  expect([status, body['error_code']]).toEqual([403, 'APIC.7400']);
  await limited.dispose();
});

test('the zones are listed', async () => {
  const { status, body } = await running.call('GET', 'available-zones');

  expect(status).toBe(200);
  expect(at(body, 'available_zones', 0)).toMatchObject({
    id: 'local',
    local_name: { en_us: 'local', zh_cn: 'local' },
    specs: { BASIC: true },
  });
});
