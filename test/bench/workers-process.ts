import { createLog } from '../../gateway-runtime/src/observe/log.ts';
import { openWorkers } from '../support/workers.ts';

/*
 * A whole gateway with some threads, and two APIs with a limit for each caller: one that it answers itself, one with a
 * backend. Arguments: port, port of the backend, threads.
 */

const [port = 0, backendPort = 0, workers = 1] = process.argv.slice(2).map(Number);
const running = await openWorkers(workers, { http: { host: '127.0.0.1', port }, log: createLog('silent') });
const { client, gatewayId, groupId, environmentId } = running;
await client.domain.create({ gatewayId, groupId, name: 'api.example.com' });
const published = [
  await running.publish({ path: '/mock', mockBackend: { result: '{"from":"gateway"}' } }),
  await running.publish({
    path: '/small',
    httpBackend: { address: `127.0.0.1:${backendPort}`, protocol: 'HTTP', method: 'GET', path: '/small' },
  }),
];
const much = 2_000_000_000;
const { id: throttleId } = await client.throttle.create({
  gatewayId,
  name: 'much',
  apiCallLimit: much,
  ipCallLimit: much,
  timeInterval: 1,
  timeUnit: 'DAY',
});
await client.throttleBinding.create({
  gatewayId,
  environmentId,
  throttleId,
  apiIds: published.map(({ apiId }) => apiId),
});
process.once('SIGTERM', () => void running.dispose().then(() => process.exit()));
