import { afterEach, describe, expect, test } from '@jest/globals';
import { createClient, type Client } from '@apig/sdk';
import { answer, openScriptedServer, type Script, type ScriptedServer } from '../support/scripted-server.ts';

const opened: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.dispose();
});

async function open(script: Script): Promise<{ client: Client; server: ScriptedServer }> {
  const server = await openScriptedServer(script);
  const client = createClient({ endpoint: server.endpoint, projectId: 'p1', token: 't', retries: 0 });
  opened.push({
    async dispose() {
      client.close();
      await server.dispose();
    },
  });
  return { client, server };
}

function group(number: number): Record<string, unknown> {
  return { id: `id-${number}`, name: `group-${number}`, sl_domain: 'd', sl_domain_access_enabled: true };
}

function pageOf(target: string): { offset: number; limit: number } {
  const { searchParams } = new URL(target, 'http://localhost');
  return { offset: Number(searchParams.get('offset')), limit: Number(searchParams.get('limit')) };
}

describe('a list of several pages', () => {
  test('is read to its end', async () => {
    const { client, server } = await open(({ target }, response) => {
      const { offset, limit } = pageOf(target);
      const groups = Array.from({ length: 1200 }, (_, number) => group(number)).slice(offset, offset + limit);
      answer(response, 200, { total: 1200, size: groups.length, groups });
    });
    const groups = await client.apiGroup.list({ gatewayId: 'g1' });
    expect(new Set(groups.map(({ id }) => id)).size).toBe(1200);
    expect(server.requests.map(({ target }) => pageOf(target).offset)).toEqual([0, 500, 1000]);
  });

  test('shows each object once, also one that moved to the next page meanwhile', async () => {
    const { client } = await open(({ target }, response) => {
      const first = pageOf(target).offset === 0;
      answer(response, 200, {
        total: 4,
        size: 2,
        groups: first ? [group(1), group(2)] : [group(2), group(3)],
      });
    });
    const groups = await client.apiGroup.list({ gatewayId: 'g1' });
    expect(groups.map(({ id }) => id)).toEqual(['id-1', 'id-2', 'id-3']);
  });

  test('ends with an empty page, whatever the total says', async () => {
    const { client, server } = await open(({ target }, response) => {
      answer(response, 200, { total: 99, size: 0, groups: pageOf(target).offset === 0 ? [group(1)] : [] });
    });
    expect(await client.apiGroup.list({ gatewayId: 'g1' })).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
  });

  test('that has always one more is given up', async () => {
    const { client } = await open((_, response) => {
      answer(response, 200, { total: 1e9, size: 1, groups: [group(1)] });
    });
    await expect(client.apiGroup.list({ gatewayId: 'g1' })).rejects.toMatchObject({ code: 'ANSWER_INVALID' });
  });
});

describe('a list', () => {
  test.each([[{ total: 0, size: 0 }], [{ total: 0, size: 0, groups: null }]])(
    'is empty: %j',
    async (body) => {
      const { client } = await open((_, response) => answer(response, 200, body));
      expect(await client.apiGroup.list({ gatewayId: 'g1' })).toEqual([]);
    },
  );

  test('that is no array is refused', async () => {
    const { client } = await open((_, response) =>
      answer(response, 200, { total: 1, size: 1, groups: { a: 1 } }),
    );
    await expect(client.apiGroup.list({ gatewayId: 'g1' })).rejects.toMatchObject({ code: 'ANSWER_INVALID' });
  });

  test('has only the objects with the wanted values, also when the service compares names in part', async () => {
    const groups = [group(1), group(10), { ...group(2), name: 'group-1', remark: 'x' }];
    const { client, server } = await open((_, response) =>
      answer(response, 200, { total: 3, size: 3, groups }),
    );
    const found = await client.apiGroup.list({ gatewayId: 'g1' }, { name: 'group-1', remark: 'x' });
    expect(found.map(({ id }) => id)).toEqual(['id-2']);
    expect(server.requests[0]?.target).toContain('name=group-1&');
    expect(server.requests[0]?.target).toContain('precise_search=name');
  });

  test('is not narrowed by what is no field', async () => {
    const { client, server } = await open((_, response) =>
      answer(response, 200, { total: 0, size: 0, groups: [] }),
    );
    const list = client.collection('apiGroup').list({ gatewayId: 'g1' }, { title: 'x' });
    await expect(list).rejects.toThrow(TypeError);
    expect(server.requests).toHaveLength(0);
  });

  test('is never narrowed by a secret in the address', async () => {
    const codes = ['a', 'b'].map((letter) => ({ id: letter, app_code: letter.repeat(64), create_time: 't' }));
    const { client, server } = await open((_, response) =>
      answer(response, 200, { total: 2, size: 2, app_codes: codes }),
    );
    const found = await client.appCode.list({ gatewayId: 'g1', appId: 'a1' }, { code: 'b'.repeat(64) });
    expect(found.map(({ id }) => id)).toEqual(['b']);
    expect(server.requests[0]?.target).not.toContain('bbb');
  });

  test('of gateways below nothing fails', async () => {
    const { client } = await open((_, response) =>
      answer(response, 404, {
        error_code: 'APIG.3030',
        error_msg: 'Gateway g1 does not exist.',
        request_id: 'r',
      }),
    );
    await expect(client.apiGroup.list({ gatewayId: 'g1' })).rejects.toMatchObject({ status: 404 });
  });
});
