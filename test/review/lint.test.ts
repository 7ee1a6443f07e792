import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RELEASE_ENVIRONMENT_ID, type Json } from '@apig/sdk/contract';
import { replay } from '../../provider/src/review/behaviour/replay.ts';
import { lint } from '../../provider/src/review/lint/lint.ts';
import { rules } from '../../provider/src/review/lint/rules.ts';
import { toSarif } from '../../provider/src/review/lint/sarif.ts';
import { readSettings } from '../../provider/src/review/lint/settings.ts';
import { planOf, ref, type Declared } from './states.ts';

const here = { gatewayId: ref('gateway', 'shop') };
const inRelease = { ...here, environmentId: RELEASE_ENVIRONMENT_ID };
const made = (kind: Declared['kind'], name: string, values: Json): Declared => ({ kind, name, values });

const gateway = made('gateway', 'shop', {
  name: 'shop',
  edition: 'BASIC',
  availableZoneIds: ['az-1'],
  ...{ vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group' },
});
const group = made('apiGroup', 'orders', { ...here, name: 'orders' });
const domain = made('domain', 'shop', {
  ...here,
  groupId: ref('apiGroup', 'orders'),
  name: 'shop.example.com',
});
const backend = { address: 'orders.internal', protocol: 'HTTP', method: 'GET', path: '/orders' };

const api = (name: string, values: Json = {}): Declared =>
  made('api', name, {
    ...{ ...here, groupId: ref('apiGroup', 'orders'), name, method: 'GET', path: `/${name}` },
    authentication: 'NONE',
    ...('mockBackend' in values ? {} : { httpBackend: backend }),
    ...values,
  });
const deployed = (name: string): Declared =>
  made('deployment', name, { ...inRelease, apiId: ref('api', name), apiDigest: 'as-it-is' });
const tie = (kind: Declared['kind'], owner: Json): Declared =>
  made(kind, kind, { ...inRelease, ...owner, apiIds: [ref('api', 'list')] });

const sound: readonly Declared[] = [gateway, group, domain, api('list'), deployed('list')];
const without = (name: string, all = sound) => all.filter((each) => each.name !== name);
const limit = (values: Json) =>
  made('throttle', 'gold', { ...here, name: 'gold', timeInterval: 1, timeUnit: 'SECOND', ...values });
const goldTie = tie('throttleBinding', { throttleId: ref('throttle', 'gold') });
const list = (values: Json) => made('acl', 'office', { ...here, name: 'office', type: 'PERMIT', ...values });
const listTie = tie('aclBinding', { aclId: ref('acl', 'office') });
const app = made('app', 'storefront', { ...here, name: 'storefront' });

/** Rule to resources about which it has something to say. */
const CASES: Readonly<Record<string, readonly Declared[]>> = {
  'conflicting-routes': [...sound, api('other', { path: '/list' }), deployed('other')],
  'shadowed-route': [
    ...sound,
    api('all', { path: '/{rest+}', requestParameters: [{ name: 'rest', location: 'PATH' }] }),
    deployed('all'),
    api('below', { path: '/below', matchMode: 'PREFIX' }),
    deployed('below'),
  ],
  'unreachable-api': sound.filter(({ kind }) => kind !== 'deployment'),
  'debug-domain-only': without('shop', sound).concat(gateway),
  'unpublished-binding': [
    ...sound.filter(({ kind }) => kind !== 'deployment'),
    limit({ apiCallLimit: 10 }),
    goldTie,
  ],
  'acl-for-everybody': [...sound, list({ entityType: 'IP', values: ['0.0.0.0/1', '128.0.0.0/1'] }), listTie],
  'authorization-without-app': [...sound, app, tie('appAuthorization', { appId: ref('app', 'storefront') })],
  'account-list-without-accounts': [...sound, list({ entityType: 'DOMAIN', values: ['partner'] }), listTie],
  'signature-without-backend': [
    ...without('list'),
    api('list', { mockBackend: { result: 'ok' } }),
    deployed('list'),
    made('signatureKey', 'backend', { ...here, name: 'backend' }),
    tie('signatureBinding', { signatureKeyId: ref('signatureKey', 'backend') }),
  ],
  'throttle-above-default': [...sound, limit({ apiCallLimit: 201 }), goldTie],
  'duplicate-domain': [
    ...sound,
    made('domain', 'again', { ...here, groupId: ref('apiGroup', 'orders'), name: 'SHOP.example.com' }),
  ],
  'redirect-without-certificate': [
    ...sound.filter(({ kind }) => kind !== 'domain'),
    { ...domain, values: { ...domain.values, redirectToHttps: true } },
  ],
  'app-code-over-http': [
    ...sound.filter(({ kind }) => kind !== 'api'),
    api('list', { authentication: 'APP', allowAppCode: true, protocol: 'HTTP' }),
  ],
  'unset-variable': [
    ...sound.filter(({ kind }) => kind !== 'api'),
    api('list', { httpBackend: { ...backend, address: '#HOST#' } }),
  ],
  'unused-object': [...sound, app],
};

const found = (resources: readonly Declared[], settings?: string) =>
  lint(
    replay(planOf([], resources)).after,
    settings === undefined ? undefined : readSettings(settings, 'rules.yaml'),
  );

describe('the rules', () => {
  test('are all held against something', () => {
    expect(Object.keys(CASES).sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  test('are all in the guide, with their severities', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../provider/reviews.md'), 'utf8');
    const rows = [...guide.matchAll(/^\| `([\w-]+)`\s+\| (error|warning|note)\s+\|/gm)];

    expect(rows.map(([, name, severity]) => [name, severity])).toEqual(
      rules.map(({ name, severity }) => [name, severity]),
    );
  });

  test('have nothing to say of a sound gateway', () => {
    expect(found(sound)).toEqual([]);
  });

  test.each(Object.entries(CASES))('find %s', (rule, resources) => {
    expect(found(resources).map((finding) => finding.rule)).toContain(rule);
  });

  test('name the resource', () => {
    const [finding] = found(CASES['unused-object'] ?? []);

    expect(finding?.urn).toBe('urn:pulumi:dev::shop::pulumi-nodejs:dynamic/apig:App::storefront');
  });
});

describe('a rule is left out', () => {
  test('for a resource with a remark that says so', () => {
    const quiet = {
      ...app,
      values: { ...app.values, remark: 'Soon. apig-ignore: shadowed-route, unused-object' },
    };

    expect(found([...sound, quiet])).toEqual([]);
  });

  test.each([
    ['altogether', 'rules: {unused-object: off}'],
    ['for a resource by its name', 'ignore: [{rule: unused-object, resource: storefront}]'],
  ])('by settings, %s', (_, settings) => {
    expect(found([...sound, app], settings)).toEqual([]);
  });

  test('and matters more where settings say so', () => {
    expect(found([...sound, app], 'rules: {unused-object: error}')[0]?.severity).toBe('error');
  });

  test.each([
    ['rules: {unused: off}', 'rules.yaml: rules.unused: expected one of account-list'],
    ['rules: {unused-object: loud}', 'rules.yaml: rules.unused-object: expected one of error'],
    ['ignore: [{rule: unused-object}]', 'rules.yaml: ignore[0]: expected a rule and a resource.'],
    ['rule: {}', 'rules.yaml: rule: expected rules or ignore.'],
  ])('never by settings that are wrong: %s', (settings, message) => {
    expect(() => readSettings(settings, 'rules.yaml')).toThrow(message);
  });
});

/** Source: OASIS, SARIF 2.1.0, sections 3.13, 3.14, 3.18, 3.19, 3.27 and 3.49: what must be there, and of which form. */
describe('the SARIF document', () => {
  const findings = found(CASES['conflicting-routes'] ?? []);
  const document = JSON.parse(toSarif(findings)) as {
    readonly version: string;
    readonly $schema: string;
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Json[] } };
      readonly results: readonly Json[];
    }[];
  };
  const [run] = document.runs;

  test('says what it is', () => {
    expect(document.version).toBe('2.1.0');
    expect(() => new URL(document.$schema)).not.toThrow();
    expect(document.runs).toHaveLength(1);
    expect(run?.tool.driver.name).toBe('apig-review');
  });

  test('describes each rule once', () => {
    const ids = run?.tool.driver.rules.map(({ id }) => id);

    expect(ids).toEqual(rules.map(({ name }) => name));
    expect(new Set(ids).size).toBe(rules.length);
    for (const rule of run?.tool.driver.rules ?? [])
      expect(rule).toMatchObject({
        shortDescription: { text: expect.any(String) },
        defaultConfiguration: { level: expect.stringMatching(/^(?:error|warning|note)$/) },
      });
  });

  test('has each finding with its rule, level, place and fingerprint', () => {
    expect(run?.results).toHaveLength(findings.length);
    for (const result of run?.results ?? []) {
      expect(result).toMatchObject({
        message: { text: expect.any(String) },
        level: expect.stringMatching(/^(?:error|warning|note|none)$/),
        locations: [
          { physicalLocation: { artifactLocation: { uri: 'Pulumi.yaml' }, region: { startLine: 1 } } },
        ],
        partialFingerprints: { 'finding/v1': expect.stringMatching(/^[0-9a-f]{32}$/) },
      });
      expect(run?.tool.driver.rules[Number(result['ruleIndex'])]?.['id']).toBe(result['ruleId']);
    }
  });
});
