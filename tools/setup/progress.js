import { clearInterval, setInterval } from 'node:timers';

/**
 * Where progress is written: standard error, or what a test passes in.
 * @typedef {{ isTTY?: boolean, write(text: string): unknown }} Output
 */

/**
 * Shows a step that takes time: its title, the time elapsed, and what `work` last said through `note`.
 * A terminal sees one line that is redrawn every second, a log file one line every 15 seconds.
 * @template T
 * @param {string} title
 * @param {(note: (text: string) => void) => Promise<T>} work
 * @param {{ output?: Output, everyMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function showStep(title, work, { output = process.stderr, everyMs } = {}) {
  const live = output.isTTY === true;
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  let detail = '';
  /** @param {string} text */
  const draw = (text) => output.write(live ? `\r\u001b[K${text}` : `${text}\n`);

  draw(`${title} …`);
  const ticker = setInterval(
    () => draw(`${title}: ${[seconds(), detail].filter(Boolean).join(', ')}`),
    everyMs ?? (live ? 1_000 : 15_000),
  );
  try {
    const result = await work((text) => (detail = text));
    draw(`${title}: done in ${seconds()}`);
    return result;
  } catch (error) {
    draw(`${title}: failed after ${seconds()}`);
    throw error;
  } finally {
    clearInterval(ticker);
    if (live) output.write('\n');
  }
}
