import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DIFFERENCES, endpointOf } from '../../provider/src/clouds.ts';

/** What clouds publish of their endpoints. Region and identity service are what a user has set. */
const RECORDED = JSON.parse(
  readFileSync(new URL('../vectors/endpoints.json', import.meta.url), 'utf8'),
) as readonly {
  readonly region?: string;
  readonly authUrl?: string;
  readonly endpoint: string;
  readonly source: string;
}[];

describe('the endpoint of the management API', () => {
  test.each(
    RECORDED.map((fact) => [fact.region ?? 'the region', fact.authUrl ?? 'no address', fact] as const),
  )(
    'is what the cloud publishes for %s, with %s of the identity service',
    (_, __, { region, authUrl, endpoint }) => {
      expect(endpointOf(region, authUrl)).toBe(endpoint);
    },
  );

  test('is not guessed for what is no region of a known cloud', () => {
    expect(endpointOf('shop', undefined)).toBeUndefined();
    expect(endpointOf('eu-de', 'https://keystone.example.com/v3')).toBeUndefined();
    expect(endpointOf(undefined, 'https://iam.myhuaweicloud.com/v3')).toBeUndefined();
  });

  test('is not led astray by a project that is not named after its region', () => {
    expect(endpointOf('shop', 'https://iam.eu-de.otc.t-systems.com/v3')).toBe(
      'https://apig.eu-de.otc.t-systems.com',
    );
  });
});

describe('what differs between clouds and runtime', () => {
  test('stands in the documentation as it does in the code', () => {
    const readme = readFileSync(new URL('../../provider/README.md', import.meta.url), 'utf8');
    const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    for (const { topic, cloud, runtime, provider } of DIFFERENCES) {
      expect(rows).toContainEqual(['', topic, cloud, runtime, provider, '']);
    }
  });
});
