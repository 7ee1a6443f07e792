import type { Command } from './command.ts';
import { commentCommand } from './comment.ts';
import { driftCommand } from './drift.ts';
import { explainCommand } from './explain.ts';
import { lintCommand } from './lint.ts';
import { reviewCommand } from './review.ts';

/** Every command. The first is meant where no name is given. */
export const commands: readonly Command[] = [
  ...[reviewCommand, explainCommand, lintCommand],
  ...[commentCommand, driftCommand],
];
