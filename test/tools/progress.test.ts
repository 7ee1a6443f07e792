import { describe, expect, test } from '@jest/globals';
import { showStep } from '../../tools/setup/progress.js';

describe('a step that takes time', () => {
  test('is a line at its start and one at its end in a log file', async () => {
    const lines: string[] = [];
    const result = await showStep('Building', () => Promise.resolve(7), { output: collect(lines) });
    expect(result).toBe(7);
    expect(lines).toEqual(['Building …\n', 'Building: done in 0 s\n']);
  });

  test('tells how far it has come while it runs', async () => {
    let finish: (line: string) => void = () => undefined;
    const write = (text: string): void => {
      if (text.includes('packages')) finish(text);
    };
    const work = (note: (text: string) => void): Promise<string> => {
      note('3 packages');
      return new Promise((resolve) => (finish = resolve));
    };
    expect(await showStep('Building', work, { output: { write }, everyMs: 1 })).toBe(
      'Building: 0 s, 3 packages\n',
    );
  });

  test('is one line that is redrawn on a terminal', async () => {
    const lines: string[] = [];
    await showStep('Building', () => Promise.resolve(), { output: { ...collect(lines), isTTY: true } });
    expect(lines.join('')).toBe('\r\u001b[KBuilding …\r\u001b[KBuilding: done in 0 s\n');
  });

  test('is said to have failed when it fails', async () => {
    const lines: string[] = [];
    const failing = showStep('Building', () => Promise.reject(new Error('no')), { output: collect(lines) });
    await expect(failing).rejects.toThrow('no');
    expect(lines.at(-1)).toBe('Building: failed after 0 s\n');
  });
});

function collect(lines: string[]): { write: (text: string) => unknown } {
  return { write: (text) => lines.push(text) };
}
