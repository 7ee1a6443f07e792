import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Ledger } from '../../gateway-runtime/src/store/ledger.ts';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import { createTestClock } from '../support/clock.ts';
import { contentOf, environment, group } from './objects.ts';

const step = fc.record({
  action: fc.constantFrom('put' as const, 'remove' as const),
  kind: fc.constantFrom('environment' as const, 'apiGroup' as const),
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  gatewayId: fc.constantFrom('g', 'h'),
  name: fc.string({ maxLength: 5 }),
});

test('the change log rebuilds the configuration of every revision, objects and order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 8 }), async (writes) => {
      const directory = await mkdtemp(join(tmpdir(), 'apig-history-'));
      try {
        const store = await openSqlite(join(directory, 'gateway.db'));
        const clock = createTestClock();
        const ledger = new Ledger(store, await store.load(), clock);
        const states = [contentOf(ledger.configuration)];
        for (const steps of writes) {
          clock.advance(1000);
          await ledger.write({ actor: 'test', requestId: 'r' }, (draft) => {
            for (const { action, kind, id, gatewayId, name } of steps) {
              if (action === 'remove')
                draft
                  .all(kind)
                  .filter((each) => each.id === id)
                  .forEach((each) => draft.remove(each));
              else if (kind === 'environment') draft.put(kind, id, environment(gatewayId, name));
              else draft.put(kind, id, group(gatewayId, name));
            }
          });
          states[ledger.configuration.revision] = contentOf(ledger.configuration);
        }

        const head = await store.load();
        expect(head.revision).toBe(ledger.configuration.revision);
        expect(contentOf(head)).toEqual(states.at(-1));
        for (const [revision, state] of states.entries()) {
          expect(contentOf(await store.at(revision))).toEqual(state);
        }
        await store.close();
      } finally {
        await rm(directory, { recursive: true });
      }
    }),
    { seed: 1, numRuns: 25 },
  );
});
