import { describe, expect, test } from '@jest/globals';
import { HIDDEN } from '../../provider/src/review/hidden.ts';
import { readPlan, ReviewError, type Plan } from '../../provider/src/review/plan.ts';
import { eventsOf, idOf, LATER, previewOf, stateOf, urnOf, type Planned } from './previews.ts';
import { shopWith } from './shop.ts';

const throttle = {
  name: 'gold',
  gatewayId: 'gateway-1',
  apiCallLimit: 100,
  timeInterval: 1,
  timeUnit: 'MINUTE',
};
const gold: Planned = {
  kind: 'throttle',
  name: 'gold',
  before: throttle,
  after: { ...throttle, apiCallLimit: 50 },
};
const marker = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' };

function stepOf(plan: Plan, name: string) {
  const step = plan.steps.find((each) => each.name === name);
  if (step === undefined) throw new Error(`There is no step ${name}.`);
  return step;
}

describe('a plan', () => {
  test('has what a preview shows, before and after', () => {
    const plan = readPlan(previewOf([gold]));
    expect(plan).toMatchObject({ project: 'shop', stack: 'dev', isWhole: true, notes: [] });
    expect(plan.steps).toEqual([
      {
        urn: urnOf('throttle', 'gold'),
        type: 'pulumi-nodejs:dynamic/apig:Throttle',
        kind: 'throttle',
        name: 'gold',
        operation: 'update',
        before: expect.objectContaining({
          id: idOf('throttle', 'gold'),
          inputs: { ...throttle, scope: 'API' },
        }) as unknown,
        after: {
          // An update keeps the object.
          id: idOf('throttle', 'gold'),
          inputs: { ...throttle, scope: 'API', apiCallLimit: 50 },
          outputs: { ...throttle, scope: 'API', apiCallLimit: 50 },
          dependencies: {},
        },
        reasons: [],
      },
    ]);
  });

  test('is the same from the events of a preview', () => {
    const resources = shopWith({ 'throttle gold': { apiCallLimit: 50 }, 'domain orders': null });
    const withoutOrigins = (plan: Plan) =>
      plan.steps.map(({ operation, urn, before, after }) => [operation, urn, before?.inputs, after?.inputs]);
    expect(withoutOrigins(readPlan(eventsOf(resources)))).toEqual(
      withoutOrigins(readPlan(previewOf(resources))),
    );
  });

  test('is read from between other lines', () => {
    const text = JSON.stringify(JSON.parse(previewOf([gold])), null, 4);
    const plan = readPlan(`warning: {an old plug-in}\n${text}\nwarning: a new version is there\n`);
    expect(plan.steps).toHaveLength(1);
  });

  test('knows no ID of what is created or replaced', () => {
    const domain = { gatewayId: 'gateway-1', groupId: 'group-1', name: 'a.example.com' };
    const plan = readPlan(
      previewOf([
        {
          kind: 'domain',
          name: 'main',
          before: domain,
          after: { ...domain, name: 'b.example.com' },
          reasons: ['name'],
        },
        {
          kind: 'throttle',
          name: 'new',
          after: { ...throttle, gatewayId: LATER },
          from: { gatewayId: ['gateway main'] },
        },
      ]),
    );
    expect(stepOf(plan, 'main')).toMatchObject({
      operation: 'replace',
      reasons: ['name'],
      after: { id: undefined },
    });
    expect(stepOf(plan, 'new').after).toMatchObject({
      id: undefined,
      inputs: { gatewayId: LATER },
      dependencies: { gatewayId: [urnOf('gateway', 'main')] },
    });
  });

  test('has one step for the three of a replacement', () => {
    const domain = { gatewayId: 'gateway-1', groupId: 'group-1', name: 'a.example.com' };
    const { steps } = JSON.parse(
      previewOf([
        {
          kind: 'domain',
          name: 'main',
          before: domain,
          after: { ...domain, name: 'b.example.com' },
          reasons: ['name'],
        },
      ]),
    ) as { steps: { op: string; newState?: object }[] };
    const replacement = steps[1];
    const text = JSON.stringify({
      steps: [
        { ...replacement, op: 'create-replacement' },
        replacement,
        { ...replacement, op: 'delete-replaced', newState: undefined },
      ],
    });
    expect(readPlan(text).steps).toMatchObject([
      { operation: 'replace', before: { inputs: domain }, after: { inputs: { name: 'b.example.com' } } },
    ]);
  });

  test('says what the preview does not show', () => {
    const { steps } = JSON.parse(previewOf([gold])) as { steps: unknown[] };
    const plan = readPlan(JSON.stringify({ steps, changeSummary: { same: 4, update: 1 } }));
    expect(plan.isWhole).toBe(false);
    expect(plan.notes).toEqual([expect.stringMatching(/^3 resources that stay .* --show-sames.*--state/)]);
  });

  test('takes from a state what the preview does not show', () => {
    const shop = shopWith({});
    const { steps } = JSON.parse(previewOf([gold])) as { steps: unknown[] };
    const plan = readPlan(
      JSON.stringify({ steps, changeSummary: { same: shop.length, update: 1 } }),
      stateOf(shop),
    );
    expect(plan).toMatchObject({ isWhole: true, notes: [] });
    expect(stepOf(plan, 'storefront')).toMatchObject({
      operation: 'same',
      before: { id: idOf('app', 'storefront') },
      after: { id: idOf('app', 'storefront') },
    });
    // The step that the preview shows is not replaced by what the state says of it.
    expect(plan.steps.filter(({ urn }) => urn === urnOf('throttle', 'gold'))).toHaveLength(1);
  });

  test('has resources of other providers as they are', () => {
    const urn = 'urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs';
    const step = { op: 'create', urn, newState: { inputs: { acl: 'private', password: 'hunter2' } } };
    const plan = readPlan(previewOf([], [step]));
    expect(plan.steps).toMatchObject([
      { kind: undefined, type: 'aws:s3/bucket:Bucket', name: 'logs', after: { inputs: { acl: 'private' } } },
    ]);
    expect(JSON.stringify(plan)).not.toContain('hunter2');
  });

  test('names kinds of a later version', () => {
    const urn = 'urn:pulumi:dev::shop::pulumi-nodejs:dynamic/apig:Mesh::west';
    expect(readPlan(previewOf([], [{ op: 'create', urn, newState: { inputs: {} } }])).notes).toEqual([
      expect.stringContaining('does not know Mesh'),
    ]);
  });
});

describe('secrets', () => {
  const key = {
    gatewayId: 'gateway-1',
    name: 'backend',
    key: 'backend_key_1',
    secret: 'backend-secret-000001',
  };

  test('are no part of a plan, whatever form the preview gives them', () => {
    const { steps } = JSON.parse(
      previewOf([{ kind: 'signatureKey', name: 'backend', before: key, after: key }]),
    ) as {
      steps: { oldState?: { inputs: object; outputs: object } }[];
    };
    const old = steps[1]?.oldState;
    if (old === undefined) throw new Error('There is no state.');
    Object.assign(old.inputs, { key: '[secret]', secret: { ...marker, ciphertext: 'v1:cipher-text' } });
    Object.assign(old.outputs, { remark: { ...marker, plaintext: '"in-the-clear"' } });
    const plan = readPlan(JSON.stringify({ steps }));
    expect(stepOf(plan, 'backend').before?.inputs).toMatchObject({ key: HIDDEN, secret: HIDDEN });
    const text = JSON.stringify(plan);
    for (const secret of ['backend_key_1', 'backend-secret-000001', 'cipher-text', 'in-the-clear'])
      expect(text).not.toContain(secret);
  });

  test('that are shown can be told apart', () => {
    const other = { ...key, secret: 'backend-secret-000002' };
    const plan = readPlan(
      previewOf([
        { kind: 'signatureKey', name: 'one', before: key, after: other },
        {
          kind: 'signatureKey',
          name: 'two',
          before: { ...key, name: 'two' },
          after: { ...key, name: 'two' },
        },
      ]),
    );
    const secretOf = (name: string, side: 'before' | 'after') => stepOf(plan, name)[side]?.inputs['secret'];
    expect(secretOf('one', 'before')).not.toBe(secretOf('one', 'after'));
    expect(secretOf('two', 'before')).toBe(secretOf('one', 'before'));
  });

  test('are found where services show them: in constants for backends and in plug-ins', () => {
    const plan = readPlan(
      previewOf([
        {
          kind: 'api',
          name: 'list',
          after: {
            gatewayId: 'gateway-1',
            groupId: 'group-1',
            name: 'list',
            method: 'GET',
            path: '/list',
            authentication: 'NONE',
            httpBackend: { address: 'orders.internal', protocol: 'HTTP', method: 'GET', path: '/' },
            backendParameters: [
              { origin: 'CONSTANT', name: 'X-Api-Key', location: 'HEADER', value: 'constant-key' },
              { origin: 'CONSTANT', name: 'X-Origin', location: 'HEADER', value: 'constant-stage' },
            ],
          },
        },
        {
          kind: 'plugin',
          name: 'log',
          after: {
            gatewayId: 'gateway-1',
            name: 'log',
            type: 'kafka_log',
            content: JSON.stringify({
              broker_list: ['192.0.2.1:9092'],
              topic: 'calls',
              topic_partition: '',
              security_protocol: 'SASL_SSL',
              sasl_mechanisms: 'PLAIN',
              sasl_username: 'log',
              sasl_password: 'kafka-word',
              access_key: '',
              secret_key: '',
              log_info: { base_log: true },
            }),
          },
        },
      ]),
    );
    const text = JSON.stringify(plan);
    expect(text).not.toMatch(/constant-key|kafka-word/);
    expect(text).toMatch(/constant-stage/);
  });
});

describe('what is no plan', () => {
  const preview = previewOf([gold]);
  const failed = (message: string) =>
    JSON.stringify({ steps: [], diagnostics: [{ severity: 'error', message }] });

  test.each<[string, string, RegExp]>([
    ['nothing', ' \n', /^The preview is empty\.$/],
    ['a text', 'error: no stack selected\n', /^The preview is no JSON\.$/],
    ['a list', '[]', /^The preview is no JSON\.$/],
    [
      'a part of a document',
      preview.slice(0, -20),
      /^The preview ends in the middle: the command was cut off\.$/,
    ],
    ['a document with a fault', preview.replace('"steps":', '"steps"'), /^The preview is no JSON\.$/],
    ['events without an end', eventsOf([gold]).split('\n').slice(0, -1).join('\n'), /ends in the middle/],
    ['an event that is cut off', eventsOf([gold]).slice(0, -9), /ends in the middle/],
    ['another document', '{"a":1}', /^This is no output of `pulumi preview --json`: it has no steps\.$/],
    ['a state', stateOf([gold]), /^This is the state of a stack: give it as --state/],
    ['steps of another form', '{"steps":[null]}', /^The preview has another form than expected/],
    [
      'an operation of a later engine',
      preview.replace('"update"', '"recreate"'),
      /another form than expected/,
    ],
    ['no step', '{"steps":[]}', /^The preview has no steps/],
    [
      'a failed program',
      failed("error: Missing required variable 'a'\n\tset it\n"),
      /^The preview failed: Missing required variable 'a'$/,
    ],
    [
      'a program that threw',
      failed(
        'error: Running program failed with an unhandled exception:\n\nTypeError: a is undefined\n    at x.ts:1\n',
      ),
      /^The preview failed: TypeError: a is undefined$/,
    ],
    [
      'a failed run in events',
      `${JSON.stringify({ sequence: 1, timestamp: 1, summaryEvent: { result: 'failed' } })}\n`,
      /^The preview failed\.$/,
    ],
  ])('%s is said to be none, in one line', (_, text, message) => {
    expect(() => readPlan(text)).toThrow(ReviewError);
    expect(() => readPlan(text)).toThrow(message);
  });

  test.each<[string, string, RegExp]>([
    ['no state', '{"version":3}', /^The state is no output of `pulumi stack export`\.$/],
    ['a cut one', stateOf([gold]).slice(0, -2), /^The state ends in the middle/],
    [
      'one of another stack',
      stateOf([gold], 'prod'),
      /^The state is of shop\/prod, and the preview of shop\/dev\.$/,
    ],
  ])('%s in the place of the state is named', (_, state, message) => {
    expect(() => readPlan(preview, state)).toThrow(message);
  });
});
