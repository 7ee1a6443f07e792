import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../../support/backend.ts';
import { openH2spec } from '../../support/h2spec.ts';
import { createId, openTraffic, settled, type Traffic } from '../../support/traffic.ts';

/*
 * The cases that nghttp2, on which Node's HTTP/2 stands, takes otherwise than h2spec: a server of a few lines in Node
 * fails the same ones. None of them lets a request through that should not be.
 */
const OF_NODE = new Map([
  ['http2/5.1/8', 'frames on a stream that the caller has reset are dropped in silence'],
  ['http2/5.1/9', 'the same for a head'],
  ['http2/5.1/11', 'frames on a stream that is over are dropped in silence'],
  ['http2/5.1/12', 'the same for a head'],
  ['http2/5.1.1/2', 'a stream whose number is too low is dropped in silence'],
  ['http2/5.3.1/2', 'priorities of RFC 7540 mean nothing any more (RFC 9113, 5.3)'],
  ['http2/6.3/1', 'the same'],
  ['http2/6.7/2', 'an answer to a ping that nobody sent ends the connection'],
  ['http2/6.9.1/3', 'a window that overflows ends the connection and not only its stream'],
]);

/** A port that speaks both versions answers bytes that are no HTTP/2 in HTTP/1.1, before it closes. */
const OF_PLAIN_PORT = new Map([['http2/3.5/2', 'it looks like HTTP/1.1, and is refused in it']]);

/** Longer than what lies between two frames, and far shorter than what h2spec waits for. */
const ANSWER_MS = 150;

let traffic: Traffic;
let backend: Backend;

// One for each run: the clock of a test stands still, and calls of a second are limited.
beforeEach(async () => {
  // The cases are about streams that wait for their answer: it must not come between two frames of a case.
  backend = await openBackend({
    answer: (_, response) => void setTimeout(() => response.end('{"from":"backend"}'), ANSWER_MS),
  });
  traffic = await openTraffic({ https: true });
  const domain = settled('domain', {
    gatewayId: traffic.gatewayId,
    groupId: traffic.groupId,
    name: 'local.example.com',
  });
  traffic.put('domain', createId(), { ...domain, name: 'localhost' });
  traffic.publish({
    path: '/',
    method: 'ANY',
    matchMode: 'PREFIX',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/' },
  });
});

afterEach(async () => {
  await traffic.dispose();
  await backend.dispose();
});

describe('HTTP/2 as the gateway speaks it', () => {
  test.each([
    ['with prior knowledge', false],
    ['over TLS', true],
  ])(
    'keeps the rules %s, but for those that Node does not keep',
    async (_, isSecure) => {
      const run = openH2spec();
      if (run === undefined) {
        process.stderr.write('NOT CHECKED: HTTP/2 by h2spec, as there is no Go to build it with here\n');
        return;
      }
      const cases = await run((isSecure ? traffic.https : traffic.http).port, isSecure);
      const failed = cases.filter(({ id, outcome }) => {
        return outcome === 'failed' && !OF_NODE.has(id) && (isSecure || !OF_PLAIN_PORT.has(id));
      });
      expect(failed).toEqual([]);
      expect(cases.length).toBeGreaterThanOrEqual(145);
    },
    180_000,
  );
});
