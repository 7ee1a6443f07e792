import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient, type Client } from '@apig/sdk';
import { runCommand } from '../../provider/src/cli/command.ts';
import type { Pulumi } from '../../provider/src/cli/pulumi.ts';
import { readArguments } from '../../provider/src/cli/stack.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { answer, openScriptedServer } from '../support/scripted-server.ts';
import { openLossyProxy } from './lossy-proxy.ts';

let runtime: TestGateway;
let said: string[];
let tags: Map<string, string>;
let commands: string[];

beforeEach(async () => {
  runtime = await openGateway();
  said = [];
  tags = new Map();
  commands = [];
});
afterEach(() => runtime.dispose());

/** A command that keeps a stack's tags as Pulumi does, and whose runs do as they are told. */
function pulumi(endpoint: string, run: (staged: Client) => Promise<number>): Pulumi {
  const config = {
    'apig:endpoint': endpoint,
    'apig:projectId': runtime.projectId,
    'apig:token': 'test-token',
  };
  const answers: Record<string, (args: readonly string[]) => string> = {
    'stack --show-name': () => 'organization/shop/dev\n',
    'config --json': () =>
      JSON.stringify(Object.fromEntries(Object.entries(config).map(([key, value]) => [key, { value }]))),
    'stack tag ls': () => JSON.stringify(Object.fromEntries(tags)),
    'stack tag set': ([, , , name = '', value = '']) => (tags.set(name, value), ''),
    'stack tag rm': ([, , , name = '']) => (tags.delete(name), ''),
  };
  return {
    read(args) {
      const found = Object.entries(answers).find(([words]) => args.join(' ').startsWith(words));
      return Promise.resolve({ code: found ? 0 : 1, output: found?.[1](args) ?? '' });
    },
    async run(args, environment = {}) {
      commands.push(args.join(' '));
      const changesetId = environment['APIG_CHANGESET'];
      const client = createClient({
        endpoint: runtime.endpoint,
        projectId: runtime.projectId,
        token: 'test-token',
        changesetId,
      });
      return run(client).finally(() => {
        client.close();
      });
    },
  };
}

const apig = (args: readonly string[], by: Pulumi) =>
  runCommand(args, { pulumi: by, say: (line) => said.push(line) });

const gateway = (name: string) => ({
  name,
  edition: 'BASIC' as const,
  vpcId: 'vpc',
  subnetId: 'subnet',
  securityGroupId: 'group',
  availableZoneIds: ['az1'],
});

describe('an update with apig', () => {
  test('that changes nothing leaves no changeset and makes no revision', async () => {
    expect(
      await apig(
        ['up'],
        pulumi(runtime.endpoint, () => Promise.resolve(0)),
      ),
    ).toBe(0);
    expect(await runtime.client.changesets.list()).toEqual([]);
    expect([said, [...tags]]).toEqual([[], []]);
  });

  test('that is declined leaves no changeset', async () => {
    expect(
      await apig(
        ['up'],
        pulumi(runtime.endpoint, () => Promise.resolve(255)),
      ),
    ).toBe(255);
    expect(await runtime.client.changesets.list()).toEqual([]);
    expect([...tags]).toEqual([]);
  });

  test('that others were faster than says so, and is done anew after a refresh', async () => {
    const { endpoint, client } = runtime;
    const overtaken = pulumi(endpoint, async (staged) => {
      await staged.gateway.create(gateway('wanted'));
      await client.gateway.create(gateway('wanted'));
      return 0;
    });
    await expect(apig(['up', '--yes'], overtaken)).rejects.toThrow(
      /gateway \w+.*\(RUNTIME\.0023\) Nothing of this run is in force\. Run `apig up` again/,
    );
    expect(
      await apig(
        ['up', '--yes'],
        pulumi(endpoint, () => Promise.resolve(0)),
      ),
    ).toBe(0);
    expect(commands).toEqual(['up --yes', 'up --refresh --yes']);
    expect(await client.gateway.list({})).toHaveLength(1);
    expect([await client.changesets.list(), [...tags]]).toEqual([[], []]);
  });

  test('whose commit gets no answer looks whether it was carried out', async () => {
    const proxy = await openLossyProxy(runtime.endpoint, (request) =>
      request.endsWith('/commit') ? 'lost' : 'answered',
    );
    const by = pulumi(proxy.endpoint, async (staged) => {
      await staged.gateway.create(gateway('shop'));
      return 0;
    });
    try {
      expect(await apig(['up'], by)).toBe(0);
    } finally {
      await proxy.dispose();
    }
    expect(await runtime.client.gateway.list({})).toHaveLength(1);
    expect(said).toEqual([expect.stringMatching(/^\d+ changes in force together\.$/)]);
    expect([...tags]).toEqual([]);
  });

  test('against an endpoint without changesets runs Pulumi alone and says so', async () => {
    const cloud = await openScriptedServer((_, response) => {
      answer(response, 404, { error_code: 'APIG.0101', error_msg: 'The API does not exist' });
    });
    try {
      expect(
        await apig(
          ['destroy', '--yes'],
          pulumi(cloud.endpoint, () => Promise.resolve(7)),
        ),
      ).toBe(7);
    } finally {
      await cloud.dispose();
    }
    expect(commands).toEqual(['destroy --yes']);
    expect(said).toEqual([
      'the endpoint has no changesets: running pulumi destroy alone, each change in force at once.',
    ]);
  });

  test('whose changeset is withdrawn by somebody else fails, and the next one refreshes', async () => {
    const by = pulumi(runtime.endpoint, async (staged) => {
      await staged.gateway.create(gateway('shop'));
      const [open] = (await runtime.client.changesets.list()) ?? [];
      await runtime.client.changesets.withdraw(open?.id ?? '');
      return 0;
    });
    await expect(apig(['up'], by)).rejects.toThrow(
      'has ended meanwhile, and nothing of this run is in force',
    );
    await apig(
      ['up'],
      pulumi(runtime.endpoint, () => Promise.resolve(0)),
    );
    expect(commands).toEqual(['up', 'up --refresh']);
  });
});

describe('nothing staged', () => {
  test('is told when it is to be discarded', async () => {
    expect(
      await apig(
        ['discard'],
        pulumi(runtime.endpoint, () => Promise.resolve(0)),
      ),
    ).toBe(0);
    expect([said, commands]).toEqual([['nothing is staged.'], []]);
  });
});

describe("Pulumi's arguments", () => {
  test.each<[string[], string[]]>([
    [
      ['--yes', '--stack', 'dev', '-C', 'infra'],
      ['--stack', 'dev', '--cwd', 'infra'],
    ],
    [['-ysdev'], ['--stack', 'dev']],
    [
      ['--stack=dev', '-mships', '-cshop:stack=x'],
      ['--stack', 'dev'],
    ],
    [['--parallel', '4', '--target', 'urn'], []],
  ])('%j say which stack is meant', (args, place) => {
    expect(readArguments(args)).toEqual({ place, wantsHelp: false });
  });
});
