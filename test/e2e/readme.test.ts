import { describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { runCommand } from '../review/run-command.ts';
import { openGateway } from '../support/gateway.ts';
import { openStack } from '../support/pulumi.ts';

jest.setTimeout(300_000);

describe('the README', () => {
  test('shows a program that works, the preview that it prints, and its review', async () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const [program = ''] = blocksOf(readme, 'ts');
    const gateway = await openGateway({ clock: systemClock });
    const stack = await openStack({
      program: { 'index.ts': program },
      env: {
        APIG_ENDPOINT: gateway.endpoint,
        APIG_PROJECT_ID: gateway.projectId,
        APIG_ACCESS_KEY: gateway.accessKey,
        APIG_SECRET_KEY: gateway.secretKey,
      },
    });
    try {
      expect((await stack.up()).code).toBe(0);
      const changed = program.replace("authentication: 'NONE'", "authentication: 'APP'");
      expect(changed).not.toBe(program);
      stack.write({ 'index.ts': changed });
      const { stdout } = await stack.showPreview();
      const [preview = '', review = ''] = blocksOf(readme, 'text');
      for (const line of preview.trim().split('\n')) expect(stdout).toContain(line.trim());
      const plan = (await stack.preview('--show-sames')).stdout;
      const { text } = await runCommand(['--behaviour'], plan);
      // The stack has another name here, and the terminal another width.
      const said = text.replace('test / test', 'shop / dev').replace(/\s+/g, ' ');
      for (const line of review.trim().split('\n')) expect(said).toContain(line.trim().replace(/\s+/g, ' '));
    } finally {
      await stack.dispose();
      await gateway.dispose();
    }
  });
});

/** The fenced blocks of a language. */
function blocksOf(markdown: string, language: string): readonly string[] {
  const blocks = markdown.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'));
  return [...blocks].map(([, content = '']) => content);
}
