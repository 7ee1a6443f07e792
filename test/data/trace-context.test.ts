import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

let traffic: Traffic;
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic();
  traffic.publish({
    path: '/',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' },
  });
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

async function passed(parent: string | readonly string[]) {
  await traffic.call({ path: '/', headers: { traceparent: parent, tracestate: 'vendor=1' } });
  const { traceparent, tracestate } = backend.last().headers;
  return { traceparent, tracestate };
}

describe('the context of a trace', () => {
  test.each([
    ['of the present version', `00-${TRACE}-${SPAN}-01`],
    ['of a version to come', `cc-${TRACE}-${SPAN}-01-what-else`],
  ])('goes to the backend as it is: one %s', async (_, parent) => {
    expect(await passed(parent)).toEqual({ traceparent: parent, tracestate: 'vendor=1' });
  });

  test.each<[string, string | readonly string[]]>([
    ['a version that is none', `ff-${TRACE}-${SPAN}-01`],
    ['more than its version has', `00-${TRACE}-${SPAN}-01-more`],
    ['capital letters', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['no parent', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['too little', `00-${TRACE}`],
    ['two parents', [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`]],
  ])('is as good as none with %s, and the backend begins its own', async (_, parent) => {
    expect(await passed(parent)).toEqual({ traceparent: undefined, tracestate: undefined });
  });
});
