import { performance } from 'node:perf_hooks';
import { compareBehaviour } from '../../provider/src/review/behaviour/behaviour.ts';
import { replay } from '../../provider/src/review/behaviour/replay.ts';
import { toJson } from '../../provider/src/review/json.ts';
import { lint } from '../../provider/src/review/lint/lint.ts';
import { toMarkdown } from '../../provider/src/review/markdown.ts';
import { readPlan } from '../../provider/src/review/plan.ts';
import { review } from '../../provider/src/review/review.ts';
import { openGateway } from '../support/gateway.ts';
import { openStack } from '../support/pulumi.ts';

/*
 * What a review costs beside the preview that it explains: 500 published APIs, of which all definitions and so all
 * deployments change, 1,000 resources. Run by hand: `node --conditions=@apig/source test/bench/review.ts [APIs]`.
 */

const APIS = Number(process.argv[2] ?? 500);
const ROUNDS = 5;

const program = (timeoutMs: number) => `
import * as apig from '@apig/provider';
const gateway = new apig.Gateway('main', {
  name: 'main', edition: 'PLATINUM', vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group', availableZoneIds: ['az1'],
});
const here = { gatewayId: gateway.id };
const group = new apig.ApiGroup('main', { ...here, name: 'main' });
const inRelease = { ...here, environmentId: apig.RELEASE_ENVIRONMENT_ID };
const apis = Array.from({ length: ${String(APIS)} }, (_, at) => {
  const api = new apig.Api('api-' + at, {
    ...here, groupId: group.id, name: 'api-' + at, method: 'GET', path: '/api/' + at, authentication: 'APP',
    httpBackend: { address: 'backend.internal:8080', protocol: 'HTTP', method: 'GET', path: '/' + at, timeoutMs: ${String(timeoutMs)} },
  });
  new apig.Deployment('api-' + at, { ...inRelease, apiId: api.id, apiDigest: api.digest });
  return api;
});
const throttle = new apig.Throttle('all', { ...here, name: 'all_apis', apiCallLimit: 100, timeInterval: 1, timeUnit: 'MINUTE' });
new apig.ThrottleBinding('all', { ...inRelease, throttleId: throttle.id, apiIds: apis.map(({ id }) => id) });
const app = new apig.App('all', { ...here, name: 'all_apis' });
new apig.AppAuthorization('all', { ...inRelease, appId: app.id, apiIds: apis.map(({ id }) => id) });
`;

const runtime = await openGateway();
const { endpoint, projectId, accessKey, secretKey } = runtime;
const stack = await openStack({
  program: { 'index.ts': program(1000) },
  config: { 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey },
  secrets: { 'apig:secretKey': secretKey },
});
try {
  const up = await stack.up();
  if (up.code !== 0) throw new Error(up.stdout);
  stack.write({ 'index.ts': program(2000) });
  const start = performance.now();
  const preview = await stack.preview('--show-sames');
  const previewMs = performance.now() - start;
  if (preview.code !== 0) throw new Error(preview.stdout);

  const rounds: number[] = [];
  let facts = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = performance.now();
    const result = await review({ plan: readPlan(preview.stdout) });
    const [markdown, json] = [toMarkdown(result), toJson(result)];
    rounds.push(performance.now() - before);
    facts = `${String(result.resources.length)} changed resources, ${String(result.effects.length)} effects, ${String(Buffer.byteLength(markdown))} bytes of Markdown, ${String(Buffer.byteLength(json))} of JSON`;
  }
  const median = rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  print(`${String(Buffer.byteLength(preview.stdout))} bytes of preview: ${facts}`);
  print(
    `preview ${previewMs.toFixed(0)} ms; review first ${(rounds[0] ?? 0).toFixed(0)} ms, median ${median.toFixed(0)} ms`,
  );
  print(`the first review takes ${((rounds[0] ?? 0) / previewMs).toFixed(3)} of its preview`);

  const behaviourStart = performance.now();
  const whole = await review({
    plan: readPlan(preview.stdout),
    compare: (plan) => compareBehaviour(plan, { directory: import.meta.dirname }),
    lint: (plan) => Promise.resolve(lint(replay(plan).after)),
  });
  toMarkdown(whole);
  const behaviourMs = performance.now() - behaviourStart;
  print(
    `with behaviour and rules ${behaviourMs.toFixed(0)} ms, ${(behaviourMs / previewMs).toFixed(2)} of its preview`,
  );
  print(`${String(whole.outcomes?.length)} groups of requests. ${whole.notes.at(-1) ?? ''}`);
} finally {
  await stack.dispose();
  await runtime.dispose();
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
