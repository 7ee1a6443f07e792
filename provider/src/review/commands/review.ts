import type { Command } from './command.ts';

/** Says what a preview does to callers. */
export const reviewCommand: Command = {
  name: 'review',
  summary: 'says what a preview does to callers',
  usage: 'Usage: apig-review [review] [file]',
  run: () => Promise.resolve(0),
};
