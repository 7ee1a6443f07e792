import { Agent, request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { RELEASE_ENVIRONMENT_ID, type Client, type InputOf, type Resources } from '@apig/sdk';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { openGateway, type OpenGatewayOptions, type TestGateway } from './gateway.ts';

/** Names the thread that answers a call of it. */
const FUNCTION = 'urn:fss:eu-de:test:function:default:thread';

/** The fields of an API that a test is about. */
export type WorkerApi = Partial<Omit<InputOf<Resources['api']>, 'gatewayId' | 'groupId'>>;

/** A published API. */
export interface WorkerPublished {
  readonly apiId: string;
  readonly name: string;
}

/** An answer on a lane. */
export interface LaneAnswer {
  readonly status: number;
  readonly text: string;
}

/** One connection of a caller, and the thread that it leads to. */
export interface Lane {
  readonly thread: string;
  call(target: string, headers?: OutgoingHttpHeaders, method?: string, body?: string): Promise<LaneAnswer>;
  close(): void;
}

/** A gateway with several threads. */
export interface WorkerGateway extends TestGateway {
  readonly gatewayId: string;
  readonly groupId: string;
  readonly debugDomain: string;
  readonly domain: string;
  readonly environmentId: string;
  publish(api: WorkerApi & { readonly path: string }): Promise<WorkerPublished>;
  /** Opens connections, of which each thread has at least one. */
  lanes(count: number): Promise<readonly Lane[]>;
  openLane(): Promise<Lane>;
}

/** Starts a gateway whose calls that many threads take, with a group that answers on a domain. */
export async function openWorkers(workers: number, options: OpenGatewayOptions = {}): Promise<WorkerGateway> {
  const module = join(import.meta.dirname, 'worker-function.ts');
  const running = await openGateway({
    clock: systemClock,
    workers,
    functions: { [FUNCTION]: { module } },
    ...options,
  });
  const { client, gateway } = running;
  const { id: gatewayId } = await client.gateway.create({
    name: 'threads',
    edition: 'BASIC',
    vpcId: 'vpc',
    subnetId: 'subnet',
    securityGroupId: 'group',
    availableZoneIds: ['az1'],
  });
  const { id: groupId, debugDomain } = await client.apiGroup.create({ gatewayId, name: 'threads' });
  const domain = 'threads.example.com';
  await client.domain.create({ gatewayId, groupId, name: domain });
  const opened: Lane[] = [];
  const publish = (api: WorkerApi & { readonly path: string }) => publishApi(client, gatewayId, groupId, api);
  const address = gateway.http ?? { host: '', port: 0 };
  for (const path of ['/thread', '/fail', '/fill', '/hang']) {
    await publish({ path, functionBackend: { functionUrn: FUNCTION, invocation: 'sync' } });
  }
  const openLane = async () => {
    const lane = await connectLane(address, domain);
    opened.push(lane);
    return lane;
  };
  return {
    ...running,
    gatewayId,
    groupId,
    debugDomain,
    domain,
    environmentId: RELEASE_ENVIRONMENT_ID,
    publish,
    openLane,
    lanes: async (count) => {
      const lanes: Lane[] = [];
      while (lanes.length < count || new Set(lanes.map(({ thread }) => thread)).size < workers)
        lanes.push(await openLane());
      return lanes;
    },
    dispose: async () => {
      for (const lane of opened) lane.close();
      await running.dispose();
    },
  };
}

let apis = 0;

async function publishApi(
  client: Client,
  gatewayId: string,
  groupId: string,
  api: WorkerApi & { readonly path: string },
): Promise<WorkerPublished> {
  const name = api.name ?? `api_${(apis += 1)}`;
  const { id: apiId, digest: apiDigest } = await client.api.create({
    gatewayId,
    groupId,
    name,
    protocol: 'HTTP',
    method: 'GET',
    authentication: 'NONE',
    ...api,
  });
  await client.deployment.create({ gatewayId, apiId, environmentId: RELEASE_ENVIRONMENT_ID, apiDigest });
  return { apiId, name };
}

async function connectLane(
  { host, port }: { readonly host: string; readonly port: number },
  domain: string,
): Promise<Lane> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call: Lane['call'] = (target, headers = {}, method = 'GET', body) =>
    new Promise((resolve, reject) => {
      const all = { host: domain, ...headers };
      const request = httpRequest({ host, port, path: target, method, headers: all, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text += piece));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  const { text: thread } = await call('/thread');
  return { thread, call, close: () => agent.destroy() };
}
