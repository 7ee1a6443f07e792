import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRaw } from '../support/raw-http.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;

beforeAll(async () => {
  traffic = await openTraffic({ connections: { all: 100, ofAddress: 2 }, logLevel: 'info' });
  traffic.publish({ path: '/' });
});

afterAll(() => traffic.dispose());

describe('the connections of one address', () => {
  test('are as many as the operator allows, and one more is told so', async () => {
    const request = `GET / HTTP/1.1\r\nHost: ${traffic.domain}\r\n\r\n`;
    const connections = [await openRaw(traffic.http), await openRaw(traffic.http)];
    for (const connection of connections) {
      connection.write(request);
      await connection.read((text) => text.includes('from'));
    }
    const over = await openRaw(traffic.http);
    expect(await over.readToEnd()).toMatch(/^HTTP\/1\.1 \d{3} /);
    expect(traffic.logLines.some((line) => line.includes('"fault":"tooManyConnections"'))).toBe(true);
    for (const connection of connections) {
      connection.write(request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
      expect(await connection.readToEnd()).toContain('HTTP/1.1 200');
    }
    const next = await openRaw(traffic.http);
    next.write(request);
    expect(await next.read((text) => text.includes('from'))).toContain('HTTP/1.1 200');
    next.destroy();
  });
});
