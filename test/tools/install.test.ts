import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { cacheKey, cacheRoot } from '../../tools/engine/cache.ts';
import { FAILURE_MEMORY_MS } from '../../tools/engine/choose.ts';
import { ensureEngine, NoEngineError, type EngineOptions } from '../../tools/engine/engine.ts';
import { findOnPath } from '../../tools/engine/programs.ts';
import { writeGo, writeProgram, writePulumi } from './fake-programs.ts';

/** Nothing listens there: RFC 6335 reserves port 1 for a service that nobody runs any more. */
const CLOSED = 'http://127.0.0.1:1/install.sh';

let home: string;
let bin: string;
let options: EngineOptions & { env: NodeJS.ProcessEnv; cache: string; tools: string };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'apig-install-'));
  bin = join(home, 'bin');
  const tools = join(home, 'tools');
  for (const module of ['cli', 'language-host']) {
    mkdirSync(join(tools, module), { recursive: true });
    writeFileSync(join(tools, module, 'go.mod'), `module ${module}\n`);
    writeFileSync(join(tools, module, 'go.sum'), '');
  }
  writeNpmPackage(tools);
  const env = { PATH: [bin, '/usr/bin', '/bin'].join(delimiter), HOME: home };
  options = { env, cache: join(home, 'cache'), tools, downloadUrl: CLOSED, output: { write: () => true } };
});

afterEach(() => rmSync(home, { recursive: true }));

describe('an engine', () => {
  test('is the one on the PATH where that is recent', async () => {
    writePulumi(bin, '3.201.0');
    const engine = await ensureEngine(options);
    expect(engine).toMatchObject({ kind: 'path', directory: bin, version: '3.201.0' });
    expect(existsSync(options.cache)).toBe(false);
  });

  test('is built with Go where the PATH has an old one and nothing can be downloaded', async () => {
    writePulumi(join(home, 'old'), '3.100.0');
    writeGo(bin);
    const env = { ...options.env, PATH: [join(home, 'old'), options.env['PATH']].join(delimiter) };
    const engine = await ensureEngine({ ...options, env });
    expect(engine).toMatchObject({ kind: 'go', version: '3.259.0' });
    expect(engine.why).toContain('is 3.100.0, older than 3.200.0');
    expect(engine.why).toContain('127.0.0.1:1 cannot be reached');
    expect(findOnPath('pulumi', engine.env['PATH'] ?? '')).toBe(join(engine.directory, 'pulumi'));
  });

  test('is made once and then reused', async () => {
    writeGo(bin);
    const first = await ensureEngine(options);
    rmSync(join(bin, 'go'));
    const second = await ensureEngine(options);
    expect(second.directory).toBe(first.directory);
    expect(second.why).toContain('made earlier');
  });

  test('is made once when two processes ask for it at the same time', async () => {
    writeGo(bin);
    const engines = await Promise.all([ensureEngine(options), ensureEngine(options), ensureEngine(options)]);
    expect(new Set(engines.map(({ directory }) => directory)).size).toBe(1);
    expect(readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n')).toHaveLength(2);
  });

  test('is made anew when the versions it is made from change', async () => {
    writeGo(bin);
    const first = await ensureEngine(options);
    writeFileSync(join(options.tools, 'cli/go.sum'), 'another version\n');
    expect((await ensureEngine(options)).directory).not.toBe(first.directory);
  });

  test('is made anew when a program of it has been removed', async () => {
    writeGo(bin);
    const { directory } = await ensureEngine(options);
    rmSync(join(directory, 'pulumi-language-nodejs'));
    await ensureEngine(options);
    expect(existsSync(join(directory, 'pulumi-language-nodejs'))).toBe(true);
  });

  test('is never a half-built one, and what a killed build left is removed', async () => {
    writeGo(bin);
    const { directory } = await ensureEngine(options);
    const engine = dirname(directory);
    rmSync(engine, { recursive: true });
    const broken = `${engine}.partial-broken`;
    writePulumi(join(broken, 'bin'), '3.259.0');
    await ensureEngine(options);
    expect(existsSync(engine)).toBe(true);
    expect(existsSync(broken)).toBe(false);
  });

  test('leaves nothing behind when the build fails, and says why', async () => {
    writeGo(bin, { before: 'echo "the disk is full" >&2; exit 1' });
    const failed = ensureEngine(options);
    await expect(failed).rejects.toBeInstanceOf(NoEngineError);
    await expect(failed).rejects.toThrow('the disk is full');
    expect(readdirSync(options.cache)).toEqual(['download-failed.json']);
  });

  test('that cannot be had is an error which names every way and what to install', async () => {
    const failed = ensureEngine(options);
    await expect(failed).rejects.toThrow('PATH: no pulumi on the PATH');
    await expect(failed).rejects.toThrow('npm package pulumi: 127.0.0.1:1 cannot be reached');
    await expect(failed).rejects.toThrow('build from source: no Go toolchain on the PATH');
    await expect(failed).rejects.toThrow('Next: install Pulumi 3.200.0 or newer');
  });
});

describe('a download by the npm package', () => {
  let server: Server;
  let asked: number;

  beforeEach(async () => {
    asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    options.downloadUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/install.sh`;
    // npm and the Node it runs on.
    const npm = findOnPath('npm', process.env['PATH'] ?? '') ?? '';
    writeProgram(bin, 'npm', `exec '${npm}' "$@"`);
    options.env['PATH'] = [bin, process.env['PATH']]
      .join(delimiter)
      .replaceAll(/[^:]*apig\/engine[^:]*:?/g, '');
  });

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  test('is preferred to a build', async () => {
    writeGo(bin);
    const engine = await ensureEngine(options);
    expect(engine).toMatchObject({ kind: 'npm', version: '3.265.0' });
    expect(existsSync(join(engine.directory, 'pulumi'))).toBe(true);
    expect(existsSync(join(bin, 'calls'))).toBe(false);
  }, 60_000);

  test('that fails is followed by a build, and not tried again for a day', async () => {
    writeFileSync(join(options.tools, 'npm/pulumi/run.js'), `console.error('no room'); process.exit(1);`);
    writeGo(bin);
    let time = 1_000_000_000;
    const now = (): number => time;
    const first = await ensureEngine({ ...options, now });
    expect(first).toMatchObject({ kind: 'go' });
    expect(first.why).toContain('the download failed: no room');

    rmSync(dirname(first.directory), { recursive: true });
    time += FAILURE_MEMORY_MS - 1;
    expect((await ensureEngine({ ...options, now })).why).toContain('failed 1440 min ago');
    expect(asked).toBe(1);

    rmSync(dirname(first.directory), { recursive: true });
    time += 1;
    await ensureEngine({ ...options, now });
    expect(asked).toBe(2);
  }, 60_000);

  test('is not tried where the site refuses', async () => {
    server.removeAllListeners('request').on('request', (_request: unknown, response: ServerResponse) => {
      response.writeHead(403).end();
    });
    writeGo(bin);
    const engine = await ensureEngine(options);
    expect(engine).toMatchObject({ kind: 'go' });
    expect(engine.why).toContain('answers 403');
  });
});

describe('the folder of engines', () => {
  test.each<[NodeJS.Platform, Record<string, string>, string]>([
    ['linux', { HOME: '/home/ann' }, '/home/ann/.cache/apig/engine'],
    ['linux', { HOME: '/home/ann', XDG_CACHE_HOME: '/var/ann' }, '/var/ann/apig/engine'],
    ['darwin', { HOME: '/Users/ann' }, '/Users/ann/Library/Caches/apig/engine'],
  ])('follows the custom of %s with %j', (platform, env, expected) => {
    expect(cacheRoot(env, platform)).toBe(expected);
  });

  test('has a name for each recipe and platform', () => {
    const keys = [
      cacheKey(['a', 'b'], 'linux', 'x64'),
      cacheKey(['ab', ''], 'linux', 'x64'),
      cacheKey(['a', 'b'], 'linux', 'arm64'),
      cacheKey(['a', 'b'], 'darwin', 'x64'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(cacheKey(['a', 'b'], 'linux', 'x64')).toBe(keys[0]);
  });
});

/** A package `pulumi` that behaves as the vendor's: its program puts the CLI under PULUMI_HOME when first run. */
function writeNpmPackage(tools: string): void {
  const folder = join(tools, 'npm');
  mkdirSync(join(folder, 'pulumi'), { recursive: true });
  const dependencies = { pulumi: 'file:pulumi' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { dependencies },
        'node_modules/pulumi': { resolved: 'pulumi', link: true },
        pulumi: { version: '3.265.0' },
      },
    }),
  );
  writeFileSync(join(folder, 'pulumi/package.json'), JSON.stringify({ name: 'pulumi', version: '3.265.0' }));
  writeFileSync(
    join(folder, 'pulumi/run.js'),
    `
const { mkdirSync, writeFileSync } = require('node:fs');
const bin = process.env.PULUMI_HOME + '/versions/' + process.env.PULUMI_VERSION + '/bin';
mkdirSync(bin, { recursive: true });
for (const name of ['pulumi', 'pulumi-language-nodejs', 'pulumi-resource-pulumi-nodejs']) {
  writeFileSync(bin + '/' + name, '#!/bin/sh\\necho v' + process.env.PULUMI_VERSION, { mode: 0o755 });
}
`,
  );
}
