import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProgram, type Finished } from '../../tools/setup/process.js';
import { writeProject } from './fake-project.ts';

const ROOT = dirname(dirname(import.meta.dirname));

describe('tools/run.js', () => {
  let root: string;

  /** A project of its own, with the Node of the tests in place of one among its dependencies. */
  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'apig-run-')));
    writeProject(root);
    cpSync(join(ROOT, 'tools/run.js'), join(root, 'tools/run.js'));
    cpSync(join(ROOT, 'tools/setup'), join(root, 'tools/setup'), { recursive: true });
    writeFileSync(join(root, 'tools/package.json'), JSON.stringify({ type: 'module' }));
    const first = await run('nothing.js');
    expect(first.stderr).toContain('Installing the dependencies (npm ci): done');
  }, 60_000);

  afterAll(() => rmSync(root, { recursive: true }));

  const run = (...words: string[]): Promise<Finished> =>
    runProgram(process.execPath, [join(root, 'tools/run.js'), ...words], { cwd: tmpdir() });

  test('installs nothing the second time and runs the file from the root with its arguments', async () => {
    writeFileSync(
      join(root, 'show.js'),
      'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]))',
    );
    const { code, stdout, stderr } = await run('show.js', '--port', '1 2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([root, '--port', '1 2']);
  });

  test('ends with the exit code of what it ran', async () => {
    writeFileSync(join(root, 'seven.js'), 'process.exit(7)');
    expect((await run('seven.js')).code).toBe(7);
  });

  test('ends as a shell does when what it ran was killed', async () => {
    writeFileSync(join(root, 'killed.js'), `process.kill(process.pid, 'SIGKILL')`);
    expect((await run('killed.js')).code).toBe(128 + 9);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('passes %s on and waits for the end', async (signal) => {
    writeFileSync(
      join(root, 'serve.js'),
      `process.on('${signal}', () => { console.log('drained'); process.exit(5); });
       setInterval(() => {}, 1000);
       console.log('ready');`,
    );
    const child = spawn(process.execPath, [join(root, 'tools/run.js'), 'serve.js'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (text.includes('ready')) child.kill(signal);
    });
    expect(await once(child, 'close')).toEqual([5, null]);
    expect(printed).toBe('ready\ndrained\n');
  });

  test('says what to do when the words name no command', async () => {
    const { code, stderr } = await run('tset');
    expect(code).toBe(1);
    expect(stderr).toBe(
      '\n"tset" names no command\nNext: use one of the scripts in package.json (npm run shows them).\n',
    );
  });
});
