import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { TYPE_NAMES, typeTokenOf } from '../../provider/src/type-names.ts';
import { openBackend } from '../support/backend.ts';
import { openGateway, send } from '../support/gateway.ts';
import { openStack } from '../support/pulumi.ts';

const GUIDES = join(import.meta.dirname, '../../provider/guides');
const names = readdirSync(GUIDES);

/** Configuration that the guides' programs ask for. */
const CONFIG: Readonly<Record<string, string>> = {
  gatewayId: 'a'.repeat(32),
  groupId: 'b'.repeat(32),
  backend: 'orders.internal',
  apiIds: JSON.stringify(['c'.repeat(32)]),
  appGenerations: '["2026a", "2026b"]',
  backendKey: 'backend-key-1',
  vpcId: 'vpc-1',
  subnetId: 'subnet-1',
  securityGroupId: 'sg-1',
  zones: '["az-1"]',
  readsPerMinute: '600',
};

jest.setTimeout(300_000);

describe('a guide', () => {
  test.each(names.filter((name) => name !== 'terraform-names.md'))(
    'has a program of which a preview finds nothing wrong: %s',
    async (name) => {
      const stack = await openStack({
        program: { 'index.ts': programOf(name) },
        config: {
          ...CONFIG,
          'apig:endpoint': 'http://127.0.0.1:1',
          'apig:projectId': 'p',
          'apig:token': 't',
        },
        secrets: { backendSecret: 'backend-secret-of-16' },
      });
      try {
        const { code, summary, diagnostics } = await stack.preview();
        expect({ code, errors: diagnostics.filter(({ severity }) => severity === 'error') }).toEqual({
          code: 0,
          errors: [],
        });
        expect(summary['create']).toBeGreaterThan(1);
      } finally {
        await stack.dispose();
      }
    },
  );

  test('names only classes that there are', () => {
    const known: readonly string[] = Object.values(TYPE_NAMES);
    for (const name of names) {
      const used = [...textOf(name).matchAll(/\bnew apig\.(\w+)/g)].map(([, type = '']) => type);
      expect(used.filter((type) => !known.includes(type))).toEqual([]);
    }
    const table = textOf('terraform-names.md')
      .split('\n')
      .filter((line) => line.startsWith('| `') || line.startsWith('|  '));
    const ours = table.flatMap((line) =>
      [...(line.split('|')[3] ?? '').matchAll(/`([A-Z]\w+)`/g)].map(([, type = '']) => type),
    );
    expect(ours.filter((type) => !known.includes(type))).toEqual([]);
    expect(known.filter((type) => !ours.includes(type))).toEqual([]);
  });

  test('goes to green, back to blue and on again, as blue-green says', async () => {
    const [blue, green] = [await openBackend(), await openBackend()];
    const gateway = await openGateway({ clock: systemClock });
    const { client } = gateway;
    const network = { vpcId: 'v', subnetId: 's', securityGroupId: 'g', availableZoneIds: ['z'] };
    const { id: gatewayId } = await client.gateway.create({ name: 'shop', edition: 'BASIC', ...network });
    const group = await client.apiGroup.create({ gatewayId, name: 'shop' });
    const stack = await openStack({
      program: {
        'index.ts': programOf('blue-green.md')
          .replace("authentication: 'APP'", "authentication: 'NONE', protocol: 'BOTH'")
          .replace("protocol: 'HTTPS'", "protocol: 'HTTP'"),
      },
      config: { gatewayId, groupId: group.id, backend: `127.0.0.1:${blue.port}` },
      env: {
        APIG_ENDPOINT: gateway.endpoint,
        APIG_PROJECT_ID: gateway.projectId,
        APIG_ACCESS_KEY: gateway.accessKey,
        APIG_SECRET_KEY: gateway.secretKey,
      },
    });
    /** Which backend answers a call. */
    const answering = async () => {
      const before = { blue: blue.requests.length, green: green.requests.length };
      const { http } = gateway.gateway;
      await send(`http://127.0.0.1:${http?.port ?? 0}/orders`, 'GET', { host: group.debugDomain });
      if (blue.requests.length > before.blue) return 'blue';
      return green.requests.length > before.green ? 'green' : 'none';
    };
    try {
      expect((await stack.up()).code).toBe(0);
      expect(await answering()).toBe('blue');
      const { version } = await stack.outputs();

      await stack.setConfig('backend', `127.0.0.1:${green.port}`);
      expect((await stack.up()).code).toBe(0);
      expect(await answering()).toBe('green');

      await stack.setConfig('version', String(version));
      const back = await stack.up();
      // The engine counts its own record of the configuration.
      const changed = back.changes.filter(({ type }) => !type.startsWith('pulumi:providers:'));
      expect(changed.map(({ op, type }) => `${op} ${type}`)).toEqual([`update ${typeTokenOf('deployment')}`]);
      expect(await answering()).toBe('blue');
      expect((await stack.refresh()).code).toBe(0);
      expect((await stack.preview()).changes).toEqual([]);
    } finally {
      await stack.dispose();
      await gateway.dispose();
      await blue.dispose();
      await green.dispose();
    }
  });
});

function textOf(name: string): string {
  return readFileSync(join(GUIDES, name), 'utf8');
}

/** The first program of a guide: its blocks, up to where another program begins. */
function programOf(name: string): string {
  const blocks = [...textOf(name).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const next = blocks.findIndex((block, index) => index > 0 && block.startsWith('import * as apig'));
  return blocks.slice(0, next === -1 ? blocks.length : next).join('\n');
}
