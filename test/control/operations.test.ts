import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { collections, COLLECTION_KINDS } from '../../gateway-runtime/src/control/collections.ts';
import type { ControlContext } from '../../gateway-runtime/src/control/context.ts';
import { IssuedTokens } from '../../gateway-runtime/src/control/identity/issued-tokens.ts';
import { identityRoutes } from '../../gateway-runtime/src/control/identity/routes.ts';
import { ownRoutes } from '../../gateway-runtime/src/control/own-routes.ts';
import { controlRoutes } from '../../gateway-runtime/src/control/routes.ts';
import { kindOperations } from '../../sdk/src/operations/kinds.ts';
import { operations } from '../support/document.ts';
import { openGateway, send, TEST_ACCOUNT, type TestGateway } from '../support/gateway.ts';

/** Questions that anybody may ask of the process; the gateway answers them itself. */
const PROBES = ['GET /runtime/v1/health 200', 'GET /runtime/v1/ready 200'];

describe('the OpenAPI document and the gateway', () => {
  let running: TestGateway;
  beforeAll(async () => {
    running = await openGateway();
  });
  afterAll(() => running.dispose());

  test('have the same operations, with the same status of a success', () => {
    const served = servedByParts();
    const described = operations.map(({ method, path, status }) => `${method} ${nameless(path)} ${status}`);
    expect([...served, ...PROBES].toSorted()).toEqual(described.toSorted());
  });

  test.each(COLLECTION_KINDS)('narrow the list of %s by the same parameters, in the same way', (kind) => {
    const filters: Readonly<Record<string, { readonly match: string }>> =
      collections[kind].answers.filters ?? {};
    const served = Object.entries(filters).map(([name, { match }]) => [name, match]);
    expect(Object.fromEntries(served)).toEqual(kindOperations[kind]?.filters ?? {});
  });

  test.each(COLLECTION_KINDS)('take the same fields of %s in an update', (kind) => {
    const { takes, keeps }: { takes?: readonly string[]; keeps?: readonly string[] } =
      collections[kind].rules;
    const described = kindOperations[kind];
    expect({ takes, keeps }).toEqual({ takes: described?.takes, keeps: described?.keeps });
  });

  test.each(operations)('$id is served', async ({ method, path }) => {
    const target = path.replace('{project_id}', running.projectId).replace(/\{\w+\}/g, 'x');
    const { body } = await send(running.endpoint + target, method, { 'x-auth-token': 'test-token' });
    expect(body['error_code']).not.toBe('APIG.0101');
  });
});

/** All that the parts of a gateway say that they serve. */
function servedByParts(): readonly string[] {
  // To make the routes asks nothing of what they work with: to answer would.
  const context = { ledger: {}, limits: {} } as unknown as ControlContext;
  const ofProject = controlRoutes(context).map(
    ({ method, path, status }) => `${method} ${nameless(`/v2/{project}/apigw/${path}`)} ${status}`,
  );
  const own = ownRoutes(context).map(
    ({ method, path, status }) => `${method} ${nameless(`/runtime/v1/${path}`)} ${status}`,
  );
  const statusOf = (method: string) => ({ GET: 200, POST: 201, DELETE: 204 })[method];
  const ofIdentity = identityRoutes(
    { accounts: [TEST_ACCOUNT] },
    new IssuedTokens(systemClock),
    systemClock,
  ).map(({ method, path }) => `${method} ${path} ${statusOf(method) ?? ''}`);
  return [...ofProject, ...own, ...ofIdentity];
}

/** A path with its parameters unnamed: what an ID is called depends on who tells. */
function nameless(path: string): string {
  return path.replace(/\{\w+\}/g, '{}');
}
