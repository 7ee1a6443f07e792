import { describe, expect, test } from '@jest/globals';
import type { Json, Kind } from '@apig/sdk/contract';
import { changedFields, undecidedSecrets } from '../../provider/src/review/fields.ts';
import { makeCertificate } from '../support/certificates.ts';
import { LATER, planOf, type Planned } from './previews.ts';
import { apiArgs } from './shop.ts';

function stepOf(resource: Planned) {
  const [step] = planOf([resource]).steps;
  if (step === undefined) throw new Error('There is no step.');
  return step;
}

/** Each field in one line: `path: before → after`, with what is said of it. */
function fieldsOf(kind: Kind, before: Json | undefined, after: Json, reasons?: readonly string[]) {
  const more = reasons === undefined ? {} : { reasons };
  return changedFields(stepOf({ kind, name: 'it', before, after, ...more })).map((field) => {
    const values = field.secret ? 'secret' : `${field.before ?? 'none'} → ${field.after ?? 'none'}`;
    return `${field.path}: ${values}${field.replaces ? ' (replaces)' : ''}`;
  });
}

const list = (changes: Json = {}) => apiArgs('list', changes);
const parameter = (name: string, changes: Json = {}) => ({ name, location: 'QUERY', ...changes });
const plugin = (content: unknown) => ({
  gatewayId: 'gateway-1',
  name: 'cors',
  type: 'cors',
  content: typeof content === 'string' ? content : JSON.stringify(content),
});
const acl = (values: readonly string[]) => ({
  gatewayId: 'gateway-1',
  name: 'blocked',
  type: 'DENY',
  entityType: 'IP',
  values,
});

describe('the fields that change', () => {
  test.each<[string, Kind, Json, Json, readonly string[]]>([
    ['a value', 'api', list(), list({ path: '/all' }), ['path: /list → /all']],
    ['one that is new', 'api', list(), list({ remark: 'all' }), ['remark: none → all']],
    ['one that goes', 'api', list({ remark: 'all' }), list(), ['remark: all → none']],
    [
      'a value inside',
      'api',
      list(),
      list({
        httpBackend: { address: 'b:80', protocol: 'HTTP', method: 'GET', path: '/v1/list', timeoutMs: 10 },
      }),
      ['httpBackend.address: orders.internal:8080 → b:80', 'httpBackend.timeoutMs: 5000 → 10'],
    ],
    ['what is default anyway', 'api', list(), list({ matchMode: 'EXACT', cors: false }), []],
    [
      'an item by its name',
      'api',
      list({ requestParameters: [parameter('a'), parameter('b')] }),
      list({ requestParameters: [parameter('a'), parameter('b', { required: true })] }),
      ['requestParameters[b].required: false → true'],
    ],
    [
      'the order of items',
      'api',
      list({ requestParameters: [parameter('a'), parameter('b')] }),
      list({ requestParameters: [parameter('b'), parameter('a')] }),
      ['requestParameters: a, b → b, a'],
    ],
    [
      'entries of a set',
      'acl',
      acl(['192.0.2.1', '192.0.2.2']),
      acl(['192.0.2.3', '192.0.2.2']),
      ['values: − 192.0.2.1 → + 192.0.2.3'],
    ],
    ['the order of a set', 'acl', acl(['192.0.2.1', '192.0.2.2']), acl(['192.0.2.2', '192.0.2.1']), []],
    [
      'a value in JSON',
      'plugin',
      plugin({ allow_origin: '*', allow_methods: 'GET' }),
      plugin({ allow_methods: 'GET', allow_origin: '*', max_age: 10 }),
      ['content.max_age: none → 10'],
    ],
    ['blanks in JSON', 'plugin', plugin('{"allow_origin":"*"}'), plugin('{ "allow_origin": "*" }'), []],
    [
      'a reference that is not known yet',
      'api',
      list(),
      list({ authorizerId: LATER }),
      ['authorizerId: none → known after the update'],
    ],
    [
      'a text of several lines',
      'authorizer',
      { gatewayId: 'g', name: 'check', type: 'FRONTEND', functionUrn: 'urn:a', userData: 'a\nb\nc\nd' },
      { gatewayId: 'g', name: 'check', type: 'FRONTEND', functionUrn: 'urn:a', userData: 'a\nb\nx\nd' },
      ['userData: …\nc\n… → …\nx\n…'],
    ],
    [
      'a long text in its middle',
      'authorizer',
      {
        gatewayId: 'g',
        name: 'check',
        type: 'FRONTEND',
        functionUrn: 'urn:a',
        userData: `${'a'.repeat(300)}1${'b'.repeat(300)}`,
      },
      {
        gatewayId: 'g',
        name: 'check',
        type: 'FRONTEND',
        functionUrn: 'urn:a',
        userData: `${'a'.repeat(300)}2${'b'.repeat(300)}`,
      },
      [`userData: …${'a'.repeat(16)}1${'b'.repeat(16)}… → …${'a'.repeat(16)}2${'b'.repeat(16)}…`],
    ],
    [
      'a secret',
      'app',
      { gatewayId: 'g', name: 'shop', appSecret: 'secret-number-1' },
      { gatewayId: 'g', name: 'shop', appSecret: 'secret-number-2' },
      ['appSecret: secret'],
    ],
    [
      'an ID of the parent',
      'acl',
      acl(['192.0.2.1']),
      { ...acl(['192.0.2.1']), gatewayId: 'gateway-2' },
      ['gatewayId: gateway-1 → gateway-2 (replaces)'],
    ],
  ])('%s', (_, kind, before, after, expected) => {
    expect(fieldsOf(kind, before, after)).toEqual(expected);
  });

  test('of what is created are those that were given', () => {
    expect(fieldsOf('acl', undefined, acl(['192.0.2.1']))).toEqual([
      'gatewayId: none → gateway-1',
      'name: none → blocked',
      'type: none → DENY',
      'entityType: none → IP',
      'values: none → + 192.0.2.1',
    ]);
  });

  test('name what the engine replaces a resource for', () => {
    expect(fieldsOf('acl', acl(['192.0.2.1']), acl(['192.0.2.2']), ['values'])).toEqual([
      'values: − 192.0.2.1 → + 192.0.2.2 (replaces)',
    ]);
  });

  test('of a certificate are in the words that it has for itself', async () => {
    const [one, two] = [await makeCertificate(['a.example.com']), await makeCertificate(['b.example.com'])];
    const args = (of: typeof one) => ({
      name: 'main',
      type: 'instance',
      gatewayId: 'gateway-1',
      certificate: of.certificate,
      privateKey: of.key,
    });
    expect(fieldsOf('certificate', args(one), args(two))).toEqual([
      expect.stringMatching(
        /^certificate: certificate of a\.example\.com until .* → certificate of b\.example\.com until /,
      ),
      'privateKey: secret',
    ]);
  });
});

describe('secrets that Pulumi hides', () => {
  const hidden = { gatewayId: 'g', name: 'backend', type: 'hmac', key: '[secret]', secret: '[secret]' };
  const step = (after: Json) => {
    const base = stepOf({
      kind: 'signatureKey',
      name: 'it',
      before: { ...hidden, key: 'backend_key_1', secret: 'backend-secret-000001' },
      after: { ...hidden, key: 'backend_key_1', secret: 'backend-secret-000002' },
    });
    const state = (inputs: Json) => ({ id: 'it', inputs, outputs: inputs, dependencies: {} });
    return { ...base, before: state(hidden), after: state(after) };
  };

  test('have changed when nothing else has', () => {
    expect(changedFields(step(hidden)).map(({ path, secret }) => [path, secret])).toEqual([
      ['key', true],
      ['secret', true],
    ]);
    expect(undecidedSecrets(step(hidden))).toEqual([]);
  });

  test('may have changed when something else has', () => {
    const renamed = step({ ...hidden, name: 'other' });
    expect(changedFields(renamed).map(({ path }) => path)).toEqual(['name']);
    expect(undecidedSecrets(renamed)).toEqual(['key', 'secret']);
  });
});

describe('a resource of another provider', () => {
  test('has its arguments compared as they are', () => {
    const state = (inputs: Json) => ({ id: 'b', inputs, outputs: inputs, dependencies: {} });
    const fields = changedFields({
      urn: 'urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs',
      type: 'aws:s3/bucket:Bucket',
      kind: undefined,
      name: 'logs',
      operation: 'update',
      before: state({ acl: 'private', rules: [{ name: 'a', days: 1 }], list: [1, 2] }),
      after: state({ acl: 'public', rules: [{ name: 'a', days: 2 }], list: [1, 3], tags: { team: 'shop' } }),
      reasons: [],
    });
    expect(fields.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['acl', 'private', 'public'],
      ['rules[a].days', '1', '2'],
      ['list', '[1,2]', '[1,3]'],
      ['tags.team', undefined, 'shop'],
    ]);
  });
});
