#!/usr/bin/env node
import { processTerminal } from './commands/terminal.ts';
import { runReview } from './run.ts';

const terminal = processTerminal();
try {
  process.exitCode = await runReview(process.argv.slice(2), terminal);
} catch (error) {
  // Nobody who reviews a change can do anything with the place in the source.
  terminal.say(
    `this is a fault of the review itself: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
}
