#!/usr/bin/env node
import { processTerminal } from './commands/terminal.ts';
import { runReview } from './run.ts';

process.exitCode = await runReview(process.argv.slice(2), processTerminal());
