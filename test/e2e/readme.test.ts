import { describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { openGateway } from '../support/gateway.ts';
import { openStack } from '../support/pulumi.ts';

jest.setTimeout(300_000);

describe('the README', () => {
  test('shows a program that works and the preview that it prints', async () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const program = blockOf(readme, 'ts');
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
      for (const line of blockOf(readme, 'text').trim().split('\n')) expect(stdout).toContain(line.trim());
    } finally {
      await stack.dispose();
      await gateway.dispose();
    }
  });
});

/** The first fenced block of a language. */
function blockOf(markdown: string, language: string): string {
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(markdown)?.[1];
  if (block === undefined) throw new Error(`the README has no block of ${language}`);
  return block;
}
