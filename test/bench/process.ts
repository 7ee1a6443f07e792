import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Memory } from './told-memory.ts';

/** A program that runs on one core. */
export interface Pinned {
  readonly name: string;
  readonly port: number;
  /** Processes whose time counts: the program's own, and those that it has started. */
  cpuMs(): number;
  /** The memory that the same processes have of the system, in bytes. */
  rss(): number;
  /** Asks one of this folder's programs for what it tells of its memory. */
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

/** With which the programs of this folder run. */
export const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', '--conditions=@apig/source'];

/** Whether a program is on the PATH, or where Debian keeps servers. */
export function pathOf(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

/** The first of some ports below those that the system gives away; of two runs at a time, each has others. */
export function portsOfProcess(): number {
  return 19_000 + (process.pid % 600) * 20;
}

/** A command that runs on a core, or on some of them, where the system has `taskset`. */
export function pinned(
  core: number | string,
  command: string,
  args: readonly string[],
): readonly [command: string, args: readonly string[]] {
  const taskset = pathOf('taskset');
  return taskset === undefined ? [command, args] : [taskset, ['-c', String(core), command, ...args]];
}

/** Starts a program on a core, or some of them, and waits until its port answers. */
export async function startPinned(
  name: string,
  core: number | string,
  command: string,
  args: readonly string[],
  port: number,
  stdio: StdioOptions = ['ignore', 'ignore', 'inherit'],
): Promise<Pinned> {
  const [file, rest] = pinned(core, command, args);
  const child = spawn(file, rest, { stdio });
  await untilOpen(port, child);
  return {
    name,
    port,
    cpuMs: () => cpuMsOf(child.pid ?? 0),
    rss: () => rssOf(child.pid ?? 0),
    memory: async () => {
      const answered = once(child, 'message');
      child.send('memory');
      const [memory] = (await answered) as [Memory];
      return memory;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Starts one of this folder's programs. */
export function startNode(
  name: string,
  core: number | string,
  file: string,
  args: readonly string[],
  port: number,
): Promise<Pinned> {
  return startPinned(
    name,
    core,
    process.execPath,
    [...NODE_FLAGS, join(import.meta.dirname, file), ...args],
    port,
    ['ignore', 'ignore', 'inherit', 'ipc'],
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended`);
    if (await isOpen(port)) return;
    await sleep(50);
  }
  child.kill();
  throw new Error(`nothing listens on ${port}`);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Processor time of a process and of its children that live, in milliseconds. A tick of the kernel is 10 ms. */
function cpuMsOf(pid: number): number {
  return withChildren(pid).reduce((sum, each) => {
    // After the name in brackets: fields 14 and 15 of proc(5), counted from 3.
    const fields = readText(`/proc/${each}/stat`).split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
  }, 0);
}

function rssOf(pid: number): number {
  return withChildren(pid).reduce((sum, each) => {
    const [, kilobytes = 0] = /^VmRSS:\s*(\d+)/m.exec(readText(`/proc/${each}/status`)) ?? [];
    return sum + Number(kilobytes) * 1024;
  }, 0);
}

function withChildren(pid: number): readonly number[] {
  const children = readText(`/proc/${pid}/task/${pid}/children`).trim();
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number))];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended, or this system has no such file.
    return '';
  }
}
