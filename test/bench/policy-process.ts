import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { turnable } from '../support/clock.ts';
import { createId, openTraffic, settled, type Published } from '../support/traffic.ts';
import { APP, BACKEND_KEY, BLOCKED, LIMITED_PATH, LIMITS, STRANGER } from './policy.ts';
import { tellMemory } from './told-memory.ts';

/* The data plane with the full policy. Arguments: port, port of the backend. */

const [port = 0, backendPort = 0] = process.argv.slice(2).map(Number);
const traffic = await openTraffic({ port, clock: turnable(systemClock) });
const { gatewayId } = traffic;

const address = `127.0.0.1:${backendPort}`;
const orders = traffic.publish({
  path: '/',
  method: 'ANY',
  matchMode: 'PREFIX',
  authentication: 'APP',
  httpBackend: { address, protocol: 'HTTP', method: 'ANY', path: '/' },
});
const limited = traffic.publish({
  path: LIMITED_PATH,
  method: 'ANY',
  authentication: 'APP',
  httpBackend: { address, protocol: 'HTTP', method: 'ANY', path: LIMITED_PATH },
});

const app = createId();
for (const [id, { accessKey, secret }] of [
  [app, APP],
  [createId(), STRANGER],
] as const) {
  traffic.put('app', id, { gatewayId, name: `app_${id}`, appKey: accessKey, appSecret: secret });
}
const blocked = traffic.createAcl({ type: 'DENY', entityType: 'IP', values: [...BLOCKED] });
const { accessKey: key, secret } = BACKEND_KEY;
const signatureKey = createId();
const input = { gatewayId, name: 'key_of_the_bench', type: 'hmac', key, secret };
traffic.put('signatureKey', signatureKey, { ...settled('signatureKey', input), key, secret });
enforce(orders, LIMITS.much);
enforce(limited, LIMITS.few);
tellMemory();
process.once('SIGTERM', () => {
  if (process.connected) process.disconnect();
  void traffic.dispose();
});

function enforce(published: Published, limit: number): void {
  traffic.authorize(app, published);
  traffic.bind('aclBinding', blocked, published);
  const limits = { apiCallLimit: limit, appCallLimit: limit, timeInterval: 1, timeUnit: 'DAY' } as const;
  traffic.bind('throttleBinding', traffic.createThrottle(limits), published);
  traffic.bind('signatureBinding', signatureKey, published);
}
