import { openGateway } from '../support/gateway.ts';
import { openStack, type StateResource } from '../support/pulumi.ts';

/*
 * What the provider costs: bytes of state a resource, and the time of commands for 300 resources against the same with a
 * dynamic provider that does nothing. Run by hand: `node --conditions=@apig/source test/bench/provider.ts [rounds]`.
 */

const ROUNDS = Number(process.argv[2] ?? 3);

const ARGS = `
const count = (length: number) => Array.from({ length }, (_, index) => index);
const gatewayArgs = {
  name: 'main-gateway', edition: 'PLATINUM', vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group', availableZoneIds: ['az1'],
} as const;
const throttleArgs = (at: number) => ({ name: 'throttle_' + at, apiCallLimit: 10 + at, timeInterval: 1, timeUnit: 'MINUTE' } as const);
const aclArgs = (at: number) => ({ name: 'acl_' + at, type: 'DENY', entityType: 'IP', values: ['192.0.2.' + at] } as const);
const groupArgs = (at: number) => ({ name: 'group-' + at });
`;

const OURS = `
import { Acl, ApiGroup, Gateway, Throttle } from '@apig/provider';
${ARGS}
const gateway = new Gateway('gateway', gatewayArgs);
const gatewayId = gateway.id;
count(100).map((at) => new Throttle('throttle-' + at, { gatewayId, ...throttleArgs(at) }));
count(99).map((at) => new Acl('acl-' + at, { gatewayId, ...aclArgs(at) }));
count(100).map((at) => new ApiGroup('group-' + at, { gatewayId, ...groupArgs(at) }));
`;

const NOTHING = `
import { randomUUID } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
${ARGS}
const provider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs: any) => ({ id: require('crypto').randomUUID(), outs: inputs }),
  diff: async () => ({ changes: false }),
};
class Nothing extends pulumi.dynamic.Resource {
  constructor(name: string, args: object) {
    super(provider, name, { ...args });
  }
}
const gateway = new Nothing('gateway', gatewayArgs);
const gatewayId = gateway.id;
count(100).map((at) => new Nothing('throttle-' + at, { gatewayId, ...throttleArgs(at) }));
count(99).map((at) => new Nothing('acl-' + at, { gatewayId, ...aclArgs(at) }));
count(100).map((at) => new Nothing('group-' + at, { gatewayId, ...groupArgs(at) }));
`;

/** Seconds by command. */
type Times = Record<'up' | 'preview' | 'destroy', number>;

const ours: Times[] = [];
const nothing: Times[] = [];
let state: readonly StateResource[] = [];

for (let round = 0; round < ROUNDS; round += 1) {
  // Turn about, so that whatever else the machine does meets both.
  nothing.push((await measure(NOTHING, {}, {})).times);
  const runtime = await openGateway();
  const { endpoint, projectId, accessKey, secretKey } = runtime;
  const config = { 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey };
  const measured = await measure(OURS, config, { 'apig:secretKey': secretKey });
  await runtime.dispose();
  ours.push(measured.times);
  state = measured.state;
}

print('300 resources, median of rounds: ' + String(ROUNDS));
for (const command of ['up', 'preview', 'destroy'] as const) {
  const [mine, theirs] = [ours, nothing].map((times) => median(times.map((each) => each[command]))) as [
    number,
    number,
  ];
  print(
    `${command.padEnd(8)} ${mine.toFixed(1)} s, doing nothing ${theirs.toFixed(1)} s, ratio ${(mine / theirs).toFixed(2)}`,
  );
}
print('bytes of state a resource: whole, own inputs and outputs, text of the provider, the engine');
for (const name of ['throttle-0', 'acl-0', 'group-0', 'gateway']) {
  const resource = state.find(({ urn }) => urn.endsWith(`::${name}`));
  if (resource === undefined) continue;
  const { inputs = {}, outputs = {} } = resource;
  const whole = bytesOf(resource);
  const text = 2 * bytesOf({ __provider: inputs['__provider'] });
  const own = bytesOf(inputs) + bytesOf(outputs) - text;
  print(`${name.padEnd(12)} ${whole}, ${own}, ${text}, ${whole - own - text}`);
}

async function measure(
  program: string,
  config: Record<string, string>,
  secrets: Record<string, string>,
): Promise<{ times: Times; state: readonly StateResource[] }> {
  const stack = await openStack({ program: { 'index.ts': program }, config, secrets });
  try {
    const time = async (run: () => Promise<{ code: number | null; stdout: string }>): Promise<number> => {
      const start = performance.now();
      const { code, stdout } = await run();
      if (code !== 0) throw new Error(stdout);
      return (performance.now() - start) / 1000;
    };
    const up = await time(() => stack.up());
    const preview = await time(() => stack.preview());
    const { resources } = await stack.exportState();
    const destroy = await time(() => stack.destroy());
    return { times: { up, preview, destroy }, state: resources };
  } finally {
    await stack.dispose();
  }
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
