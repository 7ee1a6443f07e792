import { openTraffic } from '../support/traffic.ts';

/* The whole data plane with one API without policies. Arguments: port, port of the backend. */

const [port = 0, backendPort = 0] = process.argv.slice(2).map(Number);
const traffic = await openTraffic({ port });
const published = traffic.publish({
  path: '/',
  method: 'ANY',
  matchMode: 'PREFIX',
  httpBackend: { address: `127.0.0.1:${backendPort}`, protocol: 'HTTP', method: 'ANY', path: '/' },
});
// Without a policy of its own an API is limited to the gateway's 200 calls a second.
const throttleId = traffic.createThrottle({
  apiCallLimit: 2_000_000_000,
  timeInterval: 1,
  timeUnit: 'DAY',
});
traffic.bind('throttleBinding', throttleId, published);
process.once('SIGTERM', () => void traffic.dispose());
