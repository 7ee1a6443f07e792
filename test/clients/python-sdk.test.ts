import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../support/certificates.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openPython } from '../support/python.ts';

/** What the script says of one call. */
interface Line {
  readonly call: string;
  readonly status?: number;
  /** What in the answer is not as the SDK's models have it. */
  readonly faults?: readonly string[];
  readonly error?: string;
}

const FUNCTION_URN = 'urn:fss:eu-de:shop:function:default:check';

const folder = import.meta.dirname;

let running: TestGateway | undefined;
afterAll(() => running?.dispose());

describe('the SDK for Python', () => {
  test('creates, publishes, binds, lists and deletes every kind, and finds every answer as it expects', async () => {
    const python = openPython(join(folder, 'requirements.txt'));
    if (python === undefined) {
      process.stderr.write('NOT CHECKED: the SDK for Python, as there is no python3 with venv here\n');
      return;
    }
    // A function for authorizers: nobody calls it.
    running = await openGateway({ functions: { [FUNCTION_URN]: { url: 'http://127.0.0.1:9' } } });
    const { endpoint, projectId, accessKey, secretKey, client } = running;
    const { certificate, key } = await makeCertificate(['python.example.com']);
    const environment = {
      APIG_ENDPOINT: endpoint,
      APIG_PROJECT_ID: projectId,
      APIG_ACCESS_KEY: accessKey,
      APIG_SECRET_KEY: secretKey,
      CERTIFICATE: certificate,
      PRIVATE_KEY: key,
      FUNCTION_URN,
    };
    const runs = [
      await python.run(join(folder, 'every_kind.py'), environment),
      await python.run(join(folder, 'other_operations.py'), environment),
    ];
    const lines = runs
      .map(({ stdout }) => stdout)
      .join('\n')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
    const amiss = lines.filter(({ faults = [], error }) => faults.length > 0 || error !== undefined);
    expect(amiss).toEqual([]);
    expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      runs.map(() => ({ code: 0, stderr: '' })),
    );
    expect(new Set(lines.map(({ call }) => call)).size).toBeGreaterThan(180);
    expect(await client.gateway.list({})).toEqual([]);
    expect(await client.certificate.list({})).toEqual([]);
  }, 300_000);
});
