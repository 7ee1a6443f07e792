import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readTask, type Task } from '../../gateway-runtime/src/config.ts';
import { StartupError } from '../../gateway-runtime/src/startup-error.ts';
import { isLoopback, parseListenAddress } from '../../gateway-runtime/src/listen-address.ts';
import { makeCertificate } from '../support/certificates.ts';

const { certificate, key } = await makeCertificate(['127.0.0.1']);
const another = await makeCertificate(['127.0.0.1']);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'apig-config-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const read = (...flags: readonly string[]): Task => readTask(['--data-directory', directory, ...flags]);

/** Writes a credentials file and returns the flags that name it. */
function credentials(text: string): readonly string[] {
  const file = join(directory, 'given.json');
  writeFileSync(file, text);
  return ['--credentials-file', file];
}

describe('the settings', () => {
  test('have defaults that only this machine reaches', () => {
    expect(read()).toMatchObject({
      serve: true,
      credentialsFile: join(directory, 'credentials.json'),
      config: {
        dataDirectory: directory,
        management: { host: '127.0.0.1', port: 8090 },
        http: { host: '127.0.0.1', port: 8080 },
        https: { host: '127.0.0.1', port: 8443 },
        domainSuffix: 'localhost',
        limits: {},
        drainTimeoutMs: 10_000,
        backendTls: { verify: true, forbidden: ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254'] },
        connections: { all: 50_000, ofAddress: 50_000 },
        workers: 1,
      },
    });
  });

  test('are read from flags', () => {
    const flags = [
      ['--management', '[::1]:0'],
      ['--http', 'off'],
      ['--https', 'localhost:9443'],
      ['--domain-suffix', 'gw.example.com'],
      ['--limits', 'APP_NUM_LIMIT=7, ACL_NUM_LIMIT=8'],
      ['--drain-timeout-ms', '0'],
      ['--forbidden-backends', '10.0.0.0/8, ::1'],
      ['--max-connections', '900'],
      ['--max-connections-per-address', '9'],
      ['--workers', '4'],
    ].flat();

    const task = read(...flags);

    expect(task).toMatchObject({
      config: {
        management: { host: '::1', port: 0 },
        https: { host: 'localhost', port: 9443 },
        domainSuffix: 'gw.example.com',
        limits: { APP_NUM_LIMIT: 7, ACL_NUM_LIMIT: 8 },
        drainTimeoutMs: 0,
        backendTls: { forbidden: ['10.0.0.0/8', '::1'] },
        connections: { all: 900, ofAddress: 9 },
        workers: 4,
      },
    });
    expect(task).not.toHaveProperty('config.http');
  });

  test('take one thread for each core when they are told so', () => {
    expect(read('--workers', 'auto')).toMatchObject({ config: { workers: availableParallelism() } });
  });

  test('let others reach the gateway only when they are told to', () => {
    expect(() => read('--http', '0.0.0.0:80')).toThrow(/--allow-remote/);
    expect(read('--http', '0.0.0.0:80', '--allow-remote')).toMatchObject({
      config: { http: { host: '0.0.0.0' } },
    });
  });

  test.each([
    [{ APIG_ACCESS_KEY: 'a' }, /given together/],
    [{ APIG_SECRET_KEY: 'secret-text' }, /given together/],
    [{ APIG_ACCESS_KEY: 'a', APIG_SECRET_KEY: 'secret-text' }, /needs a project too/],
  ])('refuse %j in the environment', (variables, message) => {
    const before = process.env;
    process.env = { ...before, ...variables };
    try {
      expect(() => read()).toThrow(message);
    } finally {
      process.env = before;
    }
  });

  test.each([
    [['--nonsense'], /unknown option/],
    [['something'], /too many arguments/],
    [['--http', 'somewhere'], /expected host:port/],
    [['--http', '127.0.0.1:65536'], /expected host:port/],
    [['--management', 'off'], /expected host:port/],
    [['--limits', 'NO_SUCH_LIMIT=1'], /expected name=number/],
    [['--limits', 'APP_NUM_LIMIT=many'], /expected name=number/],
    [['--drain-timeout-ms', '-1'], /expected a number from 0 to 600000/],
    [['--drain-timeout-ms', '600001'], /expected a number from 0 to 600000/],
    [['--workers', '0'], /expected auto or a number from 1 to 256/],
    [['--workers', 'many'], /expected auto or a number from 1 to 256/],
    [['--domain-suffix', 'Not A Domain'], /expected a domain name/],
    [['--project-id', 'mine'], /expected 32 letters and digits/],
    [['--log-level', 'loud'], /Allowed choices are/],
    [['--backend-ca-file', '/nowhere/ca.pem'], /cannot be read/],
    [['--credentials-file', '/nowhere/credentials.json'], /does not exist/],
  ])('refuse %j with one line', (flags, message) => {
    const refused = () => read(...flags);

    expect(refused).toThrow(StartupError);
    expect(refused).toThrow(message);
    expect(refused).not.toThrow(/\n/);
  });

  test.each([
    ['no JSON', 'secret-text', /is not JSON/],
    ['a list', '[]', /projectId: expected a text/],
    ['no access key', '{"projectId":"p","secretKey":"secret-text"}', /accessKey: expected a text/],
    ['a key that is no text', '{"projectId":"p","accessKey":1,"secretKey":"secret-text"}', /accessKey/],
    [
      'accounts that are no list',
      '{"projectId":"p","accessKey":"a","secretKey":"secret-text","accounts":1}',
      /accounts/,
    ],
  ])('refuse credentials with %s without showing them', (_what, text, message) => {
    const flags = credentials(text);

    expect(() => read(...flags)).toThrow(message);
    expect(() => read(...flags)).not.toThrow(/secret-text/);
  });
});

test.each([
  ['127.0.0.1:80', true],
  ['127.9.9.9:80', true],
  ['localhost:80', true],
  ['[::1]:80', true],
  ['0.0.0.0:80', false],
  ['10.0.0.1:80', false],
  ['[::]:80', false],
  ['example.com:80', false],
])('%s is reached by this machine alone: %s', (text, expected) => {
  const address = parseListenAddress(text);

  expect(address && isLoopback(address)).toBe(expected);
});

describe('the settings of the management API', () => {
  /** Writes a file and returns its path. */
  function file(name: string, text: string): string {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  }

  test('may have a certificate, and then other machines may reach it', () => {
    const flags = [
      ['--management', '0.0.0.0:0'],
      ['--management-tls-cert', file('cert.pem', certificate)],
      ['--management-tls-key', file('key.pem', key)],
    ].flat();
    expect(read(...flags)).toMatchObject({ config: { managementTls: { certificate, key } } });
    expect(() => read(...flags, '--http', '0.0.0.0:0')).toThrow(/--allow-remote/);
  });

  test('refuse a certificate without its key, and one with that of another', () => {
    const cert = file('cert.pem', certificate);
    expect(() => read('--management-tls-cert', cert)).toThrow(/given together/);
    const other = file('other.pem', another.key);
    expect(() => read('--management-tls-cert', cert, '--management-tls-key', other)).toThrow(StartupError);
    expect(() => read('--management-tls-cert', cert, '--management-tls-key', 'nowhere.pem')).toThrow(
      /cannot be read/,
    );
  });

  test('may have host names', () => {
    expect(read('--management-names', 'Apig.internal, gw.example.com')).toMatchObject({
      config: { managementNames: ['apig.internal', 'gw.example.com'] },
    });
    expect(() => read('--management-names', 'a b')).toThrow(/domain name/);
  });
});
