import { describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk/contract';
import type { Verdict } from '../../provider/src/review/model.ts';
import { review } from '../../provider/src/review/review.ts';
import { idOf, LATER, planOf, type Planned } from './previews.ts';
import { ANSWERED } from './reviews.ts';
import { apiArgs, deploymentArgs, shopWith, type Changes } from './shop.ts';

const gatewayId = idOf('gateway', 'main');
const released = { gatewayId, environmentId: RELEASE_ENVIRONMENT_ID };

async function effectsOf(changes: Changes, created: readonly Planned[] = []) {
  const { effects, verdict } = await review({ plan: planOf(shopWith(changes, created)) });
  const lines = effects.map(
    (effect) =>
      `${effect.kind} ${effect.api} ${effect.environment}${effect.policy === undefined ? '' : ` ${effect.policy}`}: ${effect.because}`,
  );
  return { verdict, lines };
}

/** A change of an API with its deployment. */
const anew = (changes: object): Changes => ({
  'api list': { ...changes },
  'deployment list': { apiDigest: 'other' },
});

const created = (kind: Planned['kind'], name: string, after: NonNullable<Planned['after']>): Planned => ({
  kind,
  name,
  after,
});

describe('a change of the shop', () => {
  test.each<[string, Changes, readonly Planned[], Verdict, readonly string[]]>([
    ['nothing', {}, [], 'none', []],
    ['a remark', { 'apiGroup orders': { remark: 'all' } }, [], 'neutral', []],
    [
      'another path',
      anew({ path: '/lists' }),
      [],
      'breaking',
      ['republished list RELEASE: path /list → /lists'],
    ],
    [
      'an API for anybody',
      anew({ authentication: 'NONE' }),
      [],
      'loosening',
      [
        'republished list RELEASE: authentication APP → NONE',
        'policyChanged list RELEASE authentication: authentication APP → NONE',
      ],
    ],
    [
      'documentation of an API',
      anew({ remark: 'lists', tags: ['orders'] }),
      [],
      'neutral',
      ['republished list RELEASE: tags + orders, remark none → lists'],
    ],
    ['an API that is changed and not published', { 'api list': { path: '/lists' } }, [], 'neutral', []],
    [
      'an API that goes offline',
      { 'deployment list': null },
      [],
      'breaking',
      ['offline list RELEASE: deployment list is deleted'],
    ],
    [
      'an earlier version',
      { 'deployment list': { version: '20260101000000' } },
      [],
      'breaking',
      ['republished list RELEASE: deployment list: version none → 20260101000000'],
    ],
    [
      'a new API',
      {},
      [
        created('api', 'find', apiArgs('find')),
        {
          ...created('deployment', 'find', deploymentArgs('find', 'new', { apiId: LATER })),
          from: { apiId: ['api find'] },
        },
      ],
      'loosening',
      ['published find RELEASE: deployment find is created'],
    ],
    [
      'a new API that takes the calls of another one',
      {},
      [
        created('api', 'all', apiArgs('all', { path: '/', matchMode: 'PREFIX' })),
        {
          ...created('deployment', 'all', deploymentArgs('all', 'new', { apiId: LATER })),
          from: { apiId: ['api all'] },
        },
      ],
      'breaking',
      ['published all RELEASE: deployment all is created'],
    ],
    [
      'a lower limit',
      { 'throttle gold': { apiCallLimit: 50 } },
      [],
      'breaking',
      ['policyChanged list RELEASE throttle gold: apiCallLimit 100 → 50'],
    ],
    [
      'a higher limit',
      { 'throttle gold': { apiCallLimit: 200 } },
      [],
      'loosening',
      ['policyChanged list RELEASE throttle gold: apiCallLimit 100 → 200'],
    ],
    ['another name of a policy', { 'throttle gold': { name: 'golden' } }, [], 'neutral', []],
    [
      'no limit any more',
      { 'throttleBinding gold': null },
      [],
      'loosening',
      ['policyLost list RELEASE throttle gold: throttle binding gold is deleted'],
    ],
    [
      'a limit on another API too',
      { 'throttleBinding gold': { apiIds: [idOf('api', 'list'), idOf('api', 'place')] } },
      [],
      'breaking',
      ['policyGained place RELEASE throttle gold: throttle binding gold changes'],
    ],
    [
      'another policy in the place of one',
      { 'throttleBinding gold': null },
      [
        created('throttle', 'silver', {
          gatewayId,
          name: 'silver',
          apiCallLimit: 5,
          timeInterval: 1,
          timeUnit: 'MINUTE',
        }),
        {
          ...created('throttleBinding', 'silver', {
            ...released,
            throttleId: LATER,
            apiIds: [idOf('api', 'list')],
          }),
          from: { throttleId: ['throttle silver'] },
        },
      ],
      'breaking',
      ['policyChanged list RELEASE throttle gold → silver: throttle binding silver is created'],
    ],
    [
      'fewer blocked addresses',
      { 'acl blocked': { values: ['192.0.2.1'] } },
      [],
      'loosening',
      ['policyChanged list RELEASE ACL blocked: values − 192.0.2.2'],
    ],
    [
      'more blocked addresses',
      { 'acl blocked': { values: ['192.0.2.2', '192.0.2.1', '192.0.2.3'] } },
      [],
      'breaking',
      ['policyChanged list RELEASE ACL blocked: values + 192.0.2.3'],
    ],
    [
      'an app that may call no more',
      { 'appAuthorization storefront': { apiIds: [idOf('api', 'list')] } },
      [],
      'breaking',
      ['policyLost place RELEASE app storefront: app authorization storefront changes'],
    ],
    [
      'another app',
      {},
      [
        created('app', 'partner', { gatewayId, name: 'partner' }),
        {
          ...created('appAuthorization', 'partner', {
            ...released,
            appId: LATER,
            apiIds: [idOf('api', 'list')],
          }),
          from: { appId: ['app partner'] },
        },
      ],
      'loosening',
      ['policyGained list RELEASE app partner: app authorization partner is created'],
    ],
    ['another name of an app', { 'app storefront': { name: 'storefront2' } }, [], 'neutral', []],
    [
      'a secret of an app',
      { 'app storefront': { appSecret: 'storefront-secret-1' } },
      [],
      'breaking',
      [
        'policyChanged list RELEASE app storefront: appSecret changed',
        'policyChanged place RELEASE app storefront: appSecret changed',
      ],
    ],
    [
      'addresses for an app',
      {},
      [
        created('appAcl', 'storefront', {
          gatewayId,
          appId: idOf('app', 'storefront'),
          type: 'PERMIT',
          values: ['192.0.2.7'],
        }),
      ],
      'breaking',
      [
        'policyGained list RELEASE app ACL storefront: app ACL storefront is created',
        'policyGained place RELEASE app ACL storefront: app ACL storefront is created',
      ],
    ],
    [
      'another origin in a plug-in',
      { 'plugin cors': { content: '{"allow_methods":"GET","allow_origin":"https://shop.example.com"}' } },
      [],
      'breaking',
      ['policyChanged list RELEASE plug-in cors: content.allow_origin * → https://shop.example.com'],
    ],
    [
      'backends without a signature',
      { 'signatureBinding backend': null },
      [],
      'breaking',
      ['policyLost list RELEASE signature key backend: signature key binding backend is deleted'],
    ],
    [
      'a domain less',
      { 'domain orders': null },
      [],
      'breaking',
      [
        'policyLost list RELEASE domain binding orders.example.com: domain binding orders is deleted',
        'policyLost place RELEASE domain binding orders.example.com: domain binding orders is deleted',
      ],
    ],
    [
      'no debugging domain',
      { 'apiGroup orders': { debugDomainEnabled: false } },
      [],
      'breaking',
      [
        'policyChanged list RELEASE API group orders: debugDomainEnabled true → false',
        'policyChanged place RELEASE API group orders: debugDomainEnabled true → false',
      ],
    ],
  ])('%s', async (_, changes, more, verdict, lines) => {
    expect(await effectsOf(changes, more)).toEqual({ verdict, lines });
  });
});

describe('the parts of a preview without the resources that stay', () => {
  test('leave no doubt unsaid', async () => {
    const all = planOf(
      shopWith({ 'throttle gold': { apiCallLimit: 200 } }, [
        created('api', 'find', apiArgs('find')),
        {
          ...created('deployment', 'find', deploymentArgs('find', 'new', { apiId: LATER })),
          from: { apiId: ['api find'] },
        },
      ]),
    );
    const part = { ...all, isWhole: false, steps: all.steps.filter(({ operation }) => operation !== 'same') };
    // Whose calls the new API takes is not to be seen.
    expect(await review({ plan: part })).toMatchObject({ verdict: 'breaking' });
    expect(await review({ plan: all })).toMatchObject({ verdict: 'loosening' });
  });
});

describe('a comparison of behaviour', () => {
  test('decides the verdict', async () => {
    const plan = planOf(shopWith(anew({ path: '/lists' })));
    const group = {
      verdict: 'loosening',
      api: 'list',
      environment: 'RELEASE',
      callers: ['anonymous'],
      summary: '401 → 200',
      before: ANSWERED,
      after: ANSWERED,
      requests: ['GET /list'],
      count: 1,
    } as const;
    const compare = (outcomes: readonly (typeof group)[]) => () =>
      Promise.resolve({ outcomes, notes: ['Seen.'] });
    expect(await review({ plan, compare: compare([]) })).toMatchObject({
      verdict: 'none',
      outcomes: [],
      notes: ['Seen.'],
    });
    expect(await review({ plan, compare: compare([group]) })).toMatchObject({ verdict: 'loosening' });
  });
});
