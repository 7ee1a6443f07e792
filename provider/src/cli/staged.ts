import { isApigError, isTransportError, type Changeset, type Changesets } from '@apig/sdk';
import { CHANGESET_VARIABLE } from '../connection.ts';
import type { Pulumi } from './pulumi.ts';
import { CommandError, type Stack } from './stack.ts';

/*
 * One run of Pulumi becomes effective as one. Its writes are staged on a changeset, which is committed when the run
 * succeeds; when it fails, what it did stays staged, and so the state of the stack and what its calls see agree. The
 * stack remembers the changeset until it is committed. The next run goes on with it or, when it is gone, begins with a
 * refresh, since the state then tells of objects that never came to be.
 */

/** What a staged run works with. */
export interface Stage {
  readonly pulumi: Pulumi;
  readonly stack: Stack;
  readonly changesets: Changesets;
  /** Tells the user something, in one line. */
  readonly say: (line: string) => void;
}

/** A changeset to run in, and whether the state of the stack is ahead of the gateway. */
interface Opened {
  readonly id: string;
  readonly isBehind: boolean;
}

/** Longest time between two runs that go on with one changeset. */
const LIFETIME_SECONDS = 7 * 24 * 3600;

/**
 * Runs `pulumi up` or `pulumi destroy` in a changeset, and commits it. Returns the exit code. Where there are no
 * changesets it runs Pulumi alone.
 */
export async function runStaged(
  stage: Stage,
  command: 'up' | 'destroy',
  args: readonly string[],
): Promise<number> {
  const { pulumi, stack, changesets, say } = stage;
  const open = await changesets.list();
  if (open === undefined) {
    say(`the endpoint has no changesets: running pulumi ${command} alone, each change in force at once.`);
    return pulumi.run([command, ...args]);
  }
  const { id, isBehind } = await resumeOrOpen(stage, open);
  const refresh = isBehind && !args.some((arg) => /^(?:-r|--refresh)\b/.test(arg)) ? ['--refresh'] : [];
  const code = await pulumi.run([command, ...refresh, ...args], { [CHANGESET_VARIABLE]: id });
  const after = await changesets.get(id);
  if (after === undefined) {
    throw new CommandError(
      `the changeset ${id} has ended meanwhile, and nothing of this run is in force. Run \`apig ${command}\` again: it begins with a refresh.`,
    );
  }
  if (after.changeCount === 0) {
    await changesets.withdraw(id);
    // A refresh that was due and failed is still due.
    if (code === 0 || !isBehind) await stack.remember(undefined);
    return code;
  }
  if (code !== 0) {
    say(
      `${count(after)} staged, none in force. \`apig ${command}\` goes on until ${after.expiresAt}; \`apig discard\` gives them up.`,
    );
    return code;
  }
  await commit(stage, command, after);
  return 0;
}

/** Runs a command that changes nothing on the gateway, so that it sees what is staged. */
export async function runSeeing(
  stage: Stage,
  command: 'preview' | 'refresh',
  args: readonly string[],
): Promise<number> {
  const { pulumi, changesets, say } = stage;
  const present = await find(stage, (await changesets.list()) ?? []);
  if (present !== undefined) say(`with ${count(present)} of an earlier run, staged and not in force.`);
  return pulumi.run([command, ...args], present === undefined ? {} : { [CHANGESET_VARIABLE]: present.id });
}

/** Gives up what is staged, and has the state of the stack agree with what is in force. */
export async function discard(stage: Stage, args: readonly string[]): Promise<number> {
  const { pulumi, stack, changesets, say } = stage;
  const present = await find(stage, (await changesets.list()) ?? []);
  if (present !== undefined) await changesets.withdraw(present.id);
  if (present === undefined && (await stack.stagedIn()) === undefined) {
    say('nothing is staged.');
    return 0;
  }
  const code = await pulumi.run(['refresh', ...args]);
  if (code === 0) await stack.remember(undefined);
  return code;
}

async function resumeOrOpen(stage: Stage, open: readonly Changeset[]): Promise<Opened> {
  const { stack, changesets, say } = stage;
  const present = await find(stage, open);
  const known = present && (await changesets.get(present.id));
  if (known?.conflicts.length === 0) {
    say(`going on with ${count(known)} of an earlier run.`);
    await stack.remember(known.id);
    return { id: known.id, isBehind: false };
  }
  const isBehind = known !== undefined || (await stack.stagedIn()) !== undefined;
  if (known !== undefined) {
    say(
      'what an earlier run has staged no longer goes together with what others have changed: beginning anew.',
    );
    await changesets.withdraw(known.id);
  } else if (isBehind) {
    say('what an earlier run has staged is gone: beginning with a refresh.');
  }
  const { id } = await changesets.open({ name: nameOf(stack), lifetimeSeconds: LIFETIME_SECONDS });
  // Before anything is staged: a run that ends without notice leaves its trace.
  if (!(await stack.remember(id))) {
    say('the backend keeps no tags: after a failed run, go on within the life of the changeset.');
  }
  return { id, isBehind };
}

/** The open changeset of the stack: the one that it remembers or, where its backend cannot, the one with its name. */
async function find({ stack }: Stage, open: readonly Changeset[]): Promise<Changeset | undefined> {
  const id = await stack.stagedIn();
  return open.find((each) => each.id === id) ?? open.findLast(({ name }) => name === nameOf(stack));
}

async function commit({ stack, changesets, say }: Stage, command: string, staged: Changeset): Promise<void> {
  try {
    await changesets.commit(staged.id);
  } catch (error) {
    if (isTransportError(error) && error.outcomeUnknown) {
      // It ends by its commit, and by nothing else in so short a time.
      if ((await changesets.get(staged.id)) !== undefined) await changesets.commit(staged.id);
    } else if (isApigError(error)) {
      throw new CommandError(
        `${error.message} (${error.code}) Nothing of this run is in force. Run \`apig ${command}\` again: it gives up what is staged, and plans with what others have changed.`,
      );
    } else throw error;
  }
  await stack.remember(undefined);
  say(`${count(staged)} in force together.`);
}

function nameOf(stack: Stack): string {
  // A changeset's name has at most 100 characters; the end of the stack's tells most.
  return `pulumi ${stack.name.slice(-93)}`;
}

function count({ changeCount }: Changeset): string {
  return `${changeCount} change${changeCount === 1 ? '' : 's'}`;
}
