import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI_NAME, COMPANIONS } from '../../tools/engine/programs.ts';

/** Writes an executable shell script and returns its path. */
export function writeProgram(directory: string, name: string, script: string): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A folder with a `pulumi` that says it is `version`, and what it needs beside it. */
export function writePulumi(directory: string, version: string, companions = COMPANIONS): string {
  for (const name of companions) writeProgram(directory, name, 'exit 0');
  return writeProgram(directory, CLI_NAME, `echo v${version}`);
}

/**
 * A Go toolchain that notes each of its calls in `<directory>/calls` and builds programs that do nothing.
 * `before` runs ahead of each build.
 */
export function writeGo(directory: string, { version = '1.26.8', before = '' } = {}): string {
  const script = `
if [ "$1" = env ]; then echo go${version}; exit 0; fi
echo "$PWD" >> '${join(directory, 'calls')}'
${before}
while [ "$1" != -o ]; do shift; done
mkdir -p "$(dirname "$2")"
printf '#!/bin/sh\\nexit 0\\n' > "$2"
chmod +x "$2"
`;
  return writeProgram(directory, 'go', script);
}
