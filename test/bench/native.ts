import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openGateway } from '../support/gateway.ts';
import { findGoProgram } from '../support/go-program.ts';
import { openStack, type Stack } from '../support/pulumi.ts';

/*
 * What the provider costs beside a compiled one: time of commands, processor time, bytes of state. Both make the same
 * objects on the same runtime, one signed call for each; the compiled one checks nothing and fills nothing in. A compiled
 * one that makes no calls (idle) shows what the engine itself takes. Run by hand:
 *
 *   node --conditions=@apig/source test/bench/native.ts [resources] [rounds] [ours,compiled,idle]
 */

const RESOURCES = Number(process.argv[2] ?? 100);
const ROUNDS = Number(process.argv[3] ?? 3);
const WANTED = (process.argv[4] ?? 'ours,compiled,idle').split(',');

// As many of each as a gateway takes: 300 throttles, 100 access control lists, 1,500 groups.
const others = RESOURCES - 1;
const throttles = Math.min(300, Math.ceil(others / 3));
const acls = Math.min(99, Math.ceil(others / 3));
const COUNTS = { throttles, acls, groups: others - throttles - acls };

const COUNT = `const count = (length: number) => Array.from({ length }, (_, index) => index);`;

const OURS = `
import { Acl, ApiGroup, Gateway, Throttle } from '@apig/provider';
${COUNT}
const { id: gatewayId } = new Gateway('gateway', {
  name: 'main-gateway', edition: 'PLATINUM', vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group', availableZoneIds: ['az1'],
});
count(${COUNTS.throttles}).map((at) => new Throttle('throttle-' + at, {
  gatewayId, name: 'throttle_' + at, apiCallLimit: 10 + at, timeInterval: 1, timeUnit: 'MINUTE',
}));
count(${COUNTS.acls}).map((at) => new Acl('acl-' + at, {
  gatewayId, name: 'acl_' + at, type: 'DENY', entityType: 'IP', values: ['192.0.2.' + at],
}));
count(${COUNTS.groups}).map((at) => new ApiGroup('group-' + at, { gatewayId, name: 'group-' + at }));
`;

const NATIVE = `
import * as pulumi from '@pulumi/pulumi';
${COUNT}
const make = (type: string, name: string, args: any) => new pulumi.CustomResource('native:index:' + type, name, args);
const { id: gateway_id } = make('Gateway', 'gateway', {
  instance_name: 'main-gateway', spec_id: 'PLATINUM', vpc_id: 'vpc', subnet_id: 'subnet', security_group_id: 'group', available_zone_ids: ['az1'],
});
count(${COUNTS.throttles}).map((at) => make('Throttle', 'throttle-' + at, {
  gateway_id, name: 'throttle_' + at, api_call_limits: 10 + at, time_interval: 1, time_unit: 'MINUTE', type: 1,
}));
count(${COUNTS.acls}).map((at) => make('Acl', 'acl-' + at, {
  gateway_id, acl_name: 'acl_' + at, acl_type: 'DENY', entity_type: 'IP', acl_value: '192.0.2.' + at,
}));
count(${COUNTS.groups}).map((at) => make('Group', 'group-' + at, { gateway_id, name: 'group-' + at }));
`;

const COMMANDS = ['up', 'preview', 'refresh', 'destroy'] as const;
type Command = (typeof COMMANDS)[number];

interface Cost {
  readonly seconds: number;
  /** Of the command and the processes that it has started and waited for. */
  readonly cpuSeconds: number;
}

interface Contender {
  readonly title: string;
  open(): Promise<{ readonly stack: Stack; dispose(): Promise<void> }>;
  readonly costs: Record<Command, Cost[]>;
  stateBytes: number;
}

const program = findGoProgram({
  name: 'pulumi-resource-native',
  recipe: join(import.meta.dirname, 'native-provider'),
  source: '.',
});
if (program === undefined) throw new Error('Go is needed to build the provider to compare with');

const ours = contender('ours', async () => {
  const runtime = await openGateway();
  const { endpoint, projectId, accessKey, secretKey } = runtime;
  const stack = await openStack({
    program: { 'index.ts': OURS },
    config: { 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey },
    secrets: { 'apig:secretKey': secretKey },
  });
  return { stack, dispose: () => stack.dispose().then(() => runtime.dispose()) };
});
const native = contender('compiled', async () => {
  const runtime = await openGateway();
  const { endpoint, projectId, accessKey, secretKey } = runtime;
  const stack = await openNative({
    config: { 'native:endpoint': endpoint, 'native:projectId': projectId, 'native:accessKey': accessKey },
    secrets: { 'native:secretKey': secretKey },
  });
  return { stack, dispose: () => stack.dispose().then(() => runtime.dispose()) };
});
const idle = contender('idle', async () => {
  const stack = await openNative({});
  return { stack, dispose: () => stack.dispose() };
});
const contenders = [ours, native, idle].filter(({ title }) => WANTED.includes(title));

for (let round = 0; round < ROUNDS; round += 1) {
  const open = await Promise.all(contenders.map((each) => each.open()));
  try {
    for (const command of COMMANDS) {
      // Turn about, so that whatever else the machine does meets all.
      for (const index of contenders.map((_, at) => (at + round) % contenders.length)) {
        const { costs, title } = contenders[index] ?? ours;
        const stack = open[index]?.stack;
        if (stack === undefined) continue;
        const measured = await cost(stack, command, title);
        costs[command].push(measured);
        print(`round ${round + 1}: ${command} ${title} ${inSeconds(measured)}`);
        if (command === 'up')
          (contenders[index] ?? ours).stateBytes = (await stack.exportState()).text.length;
      }
    }
  } finally {
    await Promise.all(open.map((each) => each.dispose()));
  }
}

print(`${RESOURCES} resources, medians of ${ROUNDS} rounds: seconds (processor seconds)`);
for (const command of COMMANDS) {
  const medians = contenders.map(({ title, costs }) => {
    const seconds = median(costs[command].map((each) => each.seconds));
    const cpuSeconds = median(costs[command].map((each) => each.cpuSeconds));
    return { seconds, cpuSeconds, text: `${title} ${inSeconds({ seconds, cpuSeconds })}` };
  });
  const ratios = ours.costs[command].map(
    ({ seconds }, at) => seconds / (native.costs[command][at]?.seconds ?? 0),
  );
  const cpuRatio = (medians[0]?.cpuSeconds ?? 0) / (medians[1]?.cpuSeconds ?? 0);
  print(
    `${command.padEnd(8)} ${medians.map(({ text }) => text).join(', ')}; ratio ${median(ratios).toFixed(2)} (${cpuRatio.toFixed(2)})`,
  );
}
print(
  `state: ${contenders.map(({ title, stateBytes }) => `${title} ${Math.round(stateBytes / RESOURCES)}`).join(', ')} bytes a resource`,
);

function contender(title: string, open: Contender['open']): Contender {
  return { title, open, costs: { up: [], preview: [], refresh: [], destroy: [] }, stateBytes: 0 };
}

function openNative(settings: {
  config?: Record<string, string>;
  secrets?: Record<string, string>;
}): Promise<Stack> {
  const runtime = { name: 'nodejs', options: { typescript: false } };
  const plugins = { providers: [{ name: 'native', path: dirname(program ?? '') }] };
  return openStack({
    program: {
      'index.ts': NATIVE,
      'Pulumi.yaml': JSON.stringify({ name: 'test', runtime, main: 'index.ts', plugins }),
    },
    ...settings,
  });
}

async function cost(stack: Stack, command: Command, title: string): Promise<Cost> {
  const [start, cpu] = [performance.now(), childSeconds()];
  const { code, stdout, stderr } = await stack[command]();
  if (code !== 0) throw new Error(`${title}: ${command}: ${stdout}${stderr}`);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: childSeconds() - cpu };
}

/** Fields 16 and 17 of proc(5), in ticks of 10 ms: time of all children that have ended, with theirs. */
function childSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
}

function inSeconds({ seconds, cpuSeconds }: Cost): string {
  return `${seconds.toFixed(2)} (${cpuSeconds.toFixed(2)})`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
