// Finds or makes the Pulumi engine and prints it as one line of JSON; what it does meanwhile goes to
// standard error.
import { constants } from 'node:os';
import { ensureEngine, NoEngineError } from './engine.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

try {
  const engine = await ensureEngine();
  tell(`Pulumi engine ${engine.version} from ${engine.directory} (${engine.why})`);
  process.stdout.write(`${JSON.stringify(engine)}\n`);
} catch (error) {
  if (!(error instanceof NoEngineError)) throw error;
  tell(`\n${error.message}`);
  process.exitCode = 1;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
