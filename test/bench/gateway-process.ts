import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { keyOf, type Change, type Stored } from '../../gateway-runtime/src/store/configuration.ts';
import { turnable } from '../support/clock.ts';
import { createId, openTraffic } from '../support/traffic.ts';
import { tellMemory } from './told-memory.ts';

/*
 * The whole data plane with one API without policies. Arguments: port, port of the backend, how many
 * further APIs are published in its group.
 */

const [port = 0, backendPort = 0, others = 0] = process.argv.slice(2).map(Number);
const traffic = await openTraffic({ port, clock: turnable(systemClock) });
const changes = Array.from({ length: others }, (_, index) =>
  traffic.publication(
    { apiId: createId(), environmentId: RELEASE_ENVIRONMENT_ID, publicationId: createId() },
    traffic.define({ path: `/others/${index}` }),
  ),
)
  .flat()
  .map((made): Change => {
    // Kind and body belong together, as `publication` made them.
    const after = { ...made, createdAt: '', updatedAt: '' } as unknown as Stored;
    return { kind: after.kind, key: keyOf(after), after };
  });
traffic.configuration.apply(changes, traffic.configuration.revision + 1);
traffic.dataPlane.refresh(traffic.configuration, changes);
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
tellMemory();
process.once('SIGTERM', () => {
  if (process.connected) process.disconnect();
  void traffic.dispose();
});
