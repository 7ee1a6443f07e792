import { describe, expect, test } from '@jest/globals';
import { NotPublishedError, TransportError, UnfinishedError } from '@apig/sdk';
import { descriptionOf, fail, type ErrorName } from '@apig/sdk/contract';
import { explain, OperationError, type Attempt } from '../../provider/src/explain.ts';
import { SAMPLES } from './samples.ts';

const attempt = (
  action: Attempt['action'],
  kind: 'throttle' | 'app' | 'deployment' = 'throttle',
): Attempt => ({
  action,
  description: descriptionOf(kind),
  properties: SAMPLES[kind],
});
const failure = (name: ErrorName, details: object = {}) =>
  fail(name as 'internal', details as Record<string, unknown>, { requestId: 'request-1' });

describe('a failure as the user sees it', () => {
  test.each<[string, unknown, Attempt, string]>([
    [
      'what is in the way',
      failure('apiPublished', { id: 'api-1' }),
      attempt('delete'),
      'Deleting the throttle "gold" failed: API api-1 is published. (APIG.3416, HTTP 409, request request-1) Take it offline first: it is published by something else than the deployments of this program.',
    ],
    [
      'what was removed',
      failure('throttleNotFound', { id: 'throttle-1' }),
      attempt('update'),
      'Updating the throttle "gold" failed: Throttle throttle-1 does not exist. (APIG.3005, HTTP 404, request request-1) It was removed outside of the program: run `pulumi refresh`, then `pulumi up`.',
    ],
    [
      'a parent that was removed',
      failure('gatewayOfPathNotFound', { id: 'gateway-1' }),
      attempt('create'),
      'Creating the throttle "gold" failed: The instance does not exist,id:gateway-1. (APIG.3030, HTTP 404, request request-1) Something that it refers to does not exist. It was removed outside of the program: run `pulumi refresh`, then `pulumi up`.',
    ],
    [
      'a quota',
      failure('throttleQuota', { limit: 300 }),
      attempt('create'),
      'Creating the throttle "gold" failed: A gateway may have at most 300 throttles. (APIG.3107, HTTP 403, request request-1) Remove what is not used, or have the quota raised.',
    ],
    [
      'wrong credentials',
      failure('managementTokenMissing'),
      attempt('read'),
      'Reading the throttle "gold" failed: No token or signature was sent, or it is not valid. (APIC.7100, HTTP 401, request request-1) Check apig:accessKey and apig:secretKey, or the token (APIG_… in the environment).',
    ],
    [
      'a right that is missing',
      failure('actionForbidden'),
      attempt('create'),
      'Creating the throttle "gold" failed: No right for this action on the resource. (APIC.7300, HTTP 403, request request-1) The access key or token may not do this: use one that may.',
    ],
    [
      'a fault of the service',
      failure('unknownFault'),
      attempt('update'),
      'Updating the throttle "gold" failed: An unknown fault occurred. (APIG.9999, HTTP 500, request request-1) It may pass: run `pulumi up` again. The operator of the gateway finds more under the number of the request.',
    ],
    [
      'no gateway there',
      new TransportError({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED', outcomeUnknown: false }),
      attempt('create'),
      'Creating the throttle "gold" failed: connect ECONNREFUSED. Check that the gateway runs and that apig:endpoint leads to its management API.',
    ],
    [
      'an answer that was lost',
      new TransportError({ code: 'ECONNRESET', message: 'socket hang up', outcomeUnknown: true }),
      attempt('create'),
      'Creating the throttle "gold" failed: socket hang up. It may exist: run `pulumi up` again with the same arguments, and what was created is taken over.',
    ],
    [
      'an API that is not published',
      new NotPublishedError('throttle binding', ['api-1'], 'environment-1'),
      { ...attempt('create', 'deployment'), id: 'api-1/environment-1' },
      'Creating the deployment "api-1/environment-1" failed: throttle binding: not published in environment environment-1: API api-1. Create a deployment of each in that environment first; in a program, let the binding depend on the deployments.',
    ],
  ])('%s', (_, error, tried, message) => {
    const explained = explain(error, tried);
    expect(explained).toBeInstanceOf(OperationError);
    expect(explained.message).toBe(message);
    expect(explained.cause).toBe(error);
    expect(explained.stack).toBe('');
  });

  test('never looks like an object that was created in part, unless it is one', () => {
    const cause = failure('unknownFault');
    const unfinished = new UnfinishedError('throttle', 'throttle-1', 'it is not ready', cause);
    const explained = explain(unfinished, attempt('update'));
    // The engine would take the properties of an error with an ID for the new state.
    expect(explained).not.toHaveProperty('id', expect.anything());
    expect(explained.message).toContain('An unknown fault occurred. (APIG.9999');
    const waited = new UnfinishedError('gateway', 'gateway-1', 'it is not ready');
    expect(explain(waited, attempt('update'))).not.toHaveProperty('id', expect.anything());
  });

  test('repeats no secret argument, whatever the service answers', () => {
    const error = failure('valueInvalid', { reason: 'app-secret-1 is weak', field: 'app_secret' });
    expect(explain(error, attempt('create', 'app')).message).not.toContain('app-secret-1');
  });

  test('is passed on when it is a fault of ours', () => {
    const fault = new TypeError('undefined is not a function');
    expect(explain(fault, attempt('create'))).toBe(fault);
  });
});
