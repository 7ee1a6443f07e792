import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ApigError, callErrors, controlErrors, fail, isApigError, isFailure } from '@apig/sdk/contract';

interface Row {
  readonly catalogue: 'control' | 'call';
  readonly code: string;
  readonly status: number;
  readonly types?: readonly string[];
  readonly source: string;
}

/** The documented rows, read as they are. */
const rows = JSON.parse(
  readFileSync(new URL('../vectors/errors.json', import.meta.url), 'utf8'),
) as readonly Row[];

const controlEntries = Object.entries(controlErrors);
const callEntries = Object.entries(callErrors);
const everyEntry = [...controlEntries, ...callEntries];

describe('the catalogue of the management API', () => {
  test.each(rows.filter((row) => row.catalogue === 'control'))('has $code with status $status', (row) => {
    const statuses = controlEntries.filter(([, entry]) => entry.code === row.code).map(([, e]) => e.status);
    expect([...new Set(statuses)]).toEqual([row.status]);
  });

  test('has no code beside the documented ones', () => {
    const documented = new Set(rows.filter((row) => row.catalogue === 'control').map((row) => row.code));
    expect(controlEntries.filter(([, entry]) => !documented.has(entry.code))).toEqual([]);
  });

  test('names the field at the end of the text', () => {
    const texts = controlEntries.map(([, entry]): string => entry.message);
    const aboutFields = texts.filter((text) => text.includes('{field}'));
    expect(aboutFields.length).toBeGreaterThan(0);
    for (const text of aboutFields)
      expect(text).toMatch(/(,parameterName:\{field\}|parameter name\[\{field\}\])$/);
  });

  test('names the object that is not there', () => {
    const missing = controlEntries.filter(([name]) => /^(?!outboundEip).*NotFound$/.test(name));
    expect(missing.length).toBeGreaterThan(0);
    for (const [, entry] of missing) {
      expect(entry.status).toBe(404);
      expect(entry.message).toContain('{id}');
    }
  });
});

describe('the catalogue of API calls', () => {
  test.each(rows.filter((row) => row.catalogue === 'call'))('has $code with status $status', (row) => {
    const entries = callEntries.filter(([, e]) => e.code === row.code && e.status === row.status);
    expect(entries).not.toEqual([]);
    for (const [, entry] of entries) expect(row.types).toContain(entry.type);
  });

  test('has no pair of code and status beside the documented ones', () => {
    const documented = new Set(
      rows.filter((r) => r.catalogue === 'call').map((r) => `${r.code} ${r.status}`),
    );
    expect(callEntries.filter(([, entry]) => !documented.has(`${entry.code} ${entry.status}`))).toEqual([]);
  });

  test.each([
    [
      fail('throttled', { dimension: 'ip', limit: 5, interval: 1, unit: 'minute' }),
      'The throttling threshold has been reached: policy ip over ratelimit,limit:5,time:1 minute',
    ],
    [
      fail('appRefused', { reason: 'app not found, appkey abc' }),
      'Incorrect app authentication information: app not found, appkey abc',
    ],
    [
      fail('iamRefused', { reason: 'verify aksk signature fail' }),
      'Incorrect IAM authentication information: verify aksk signature fail',
    ],
    [
      fail('parameterInvalid', { location: 'query', name: 'page', reason: 'required' }),
      'Invalid query parameter: page, required',
    ],
    [fail('apiNotPublished'), 'The API does not exist or has not been published in the environment.'],
    [fail('backendTimeout'), 'Backend timeout'],
  ])('words $message', (error, text) => {
    expect(error.message).toBe(text);
  });
});

describe('a name', () => {
  test('occurs in one catalogue only, so that it tells which answer it is', () => {
    const inBoth = callEntries.filter(([name]) => name in controlErrors);
    expect(inBoth).toEqual([]);
  });

  test.each(everyEntry)('%s has braces only around names', (_, entry) => {
    expect(entry.message.replace(/\{[a-z]+\}/gi, '')).not.toMatch(/[{}]/);
  });
});

describe('an error of the catalogue', () => {
  test('carries what its entry and its maker say', () => {
    const cause = new Error('disk full');
    const error = fail(
      'apiGroupNameTaken',
      { name: 'orders', kind: 'api-group' },
      { cause, requestId: 'r1' },
    );

    expect(error).toMatchObject({
      name: 'apiGroupNameTaken',
      code: 'APIG.3201',
      status: 400,
      type: undefined,
      message: 'The API group name orders is taken.',
      details: { name: 'orders', kind: 'api-group' },
      requestId: 'r1',
      cause,
    });
  });

  test('inserts details as they are, also those with braces or patterns of a replacement', () => {
    expect(fail('appRefused', { reason: '{reason} $& $1' }).message).toBe(
      'Incorrect app authentication information: {reason} $& $1',
    );
  });

  test('has no cause when none is given', () => {
    expect('cause' in fail('apiNotPublished')).toBe(false);
  });

  test('captures no stack for an ordinary refusal and leaves the limit as it was', () => {
    const limit = Error.stackTraceLimit;
    const error = fail('throttled', { dimension: 'api', limit: 1, interval: 1, unit: 'second' });

    expect(error.stack).not.toMatch(/\n\s+at /);
    expect(Error.stackTraceLimit).toBe(limit);
  });

  test('captures a stack for a fault', () => {
    expect(fail('internal').stack).toMatch(/errors\.test\.ts/);
  });
});

describe('recognising an error', () => {
  test('works for another copy of the package', () => {
    const other = Object.assign(new Error('x'), { [Symbol.for('@apig/sdk/ApigError')]: true });
    expect(isApigError(other)).toBe(true);
    expect(isApigError(fail('internal'))).toBe(true);
  });

  test.each([undefined, null, 'APIG.0601', {}, new Error('APIG.0601')])('refuses %p', (value) => {
    expect(isApigError(value)).toBe(false);
  });

  test('tells names apart that share a code', () => {
    const error = fail('pluginAttached', { id: 'p1' });
    expect(isFailure(error, 'pluginAttached')).toBe(true);
    expect(isFailure(error, 'authorizerInUse')).toBe(false);
  });

  test('knows an error of a code that is in no catalogue by that code', () => {
    const error = new ApigError({ code: 'APIG.4711', status: 418, message: 'new here', requestId: 'r2' });
    expect(error).toMatchObject({
      name: 'ApigError',
      code: 'APIG.4711',
      status: 418,
      requestId: 'r2',
      details: {},
    });
  });
});
