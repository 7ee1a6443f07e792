import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openBackend, type Backend } from '../../support/backend.ts';
import { openRaw } from '../../support/raw-http.ts';
import { openProxy, type EngineProxy } from './engine.ts';
import { cut, frameRequests } from './framed.ts';
import { STREAMS } from './streams.ts';

describe('a proxy', () => {
  let backend: Backend;
  let proxy: EngineProxy;

  beforeAll(async () => {
    backend = await openBackend();
    proxy = await openProxy(backend.port, { times: { lingerMs: 100 } });
  });

  afterAll(async () => {
    await proxy.dispose();
    await backend.dispose();
  });

  test.each(Object.entries(STREAMS))(
    'sends for each request %s one, the same, and no other',
    async (_name, stream) => {
      await fc.assert(
        fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 4 }), async (text, places) => {
          const bytes = Buffer.from(text, 'latin1');
          const before = backend.requests.length;
          const caller = await openRaw({ host: '127.0.0.1', port: proxy.port });
          for (const piece of cut(bytes, places)) caller.write(piece);
          caller.end();
          await caller.readToEnd();
          const sent = backend.requests.slice(before).map(({ method, target, body }) => ({
            start: `${method} ${target}`,
            body: body.toString('latin1'),
          }));
          const taken = frameRequests([bytes]).messages.map(({ start, body }) => ({ start, body }));
          expect(sent).toEqual(taken);
        }),
        { seed: 1, numRuns: 120, interruptAfterTimeLimit: 3000, markInterruptAsFailure: false },
      );
    },
  );
});
