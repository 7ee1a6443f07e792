import { styleText } from 'node:util';

/** What a step of the demonstration shows: numbered headings, and lines below them. */
export interface Screen {
  /** Opens the next step. */
  step(title: string): void;
  /** A line below the current step. */
  line(text: string): void;
  /** A line of a table: what was asked, what is expected, what came. Wrong ones are counted. */
  check(request: string, expected: string, got: string): void;
  /** Number of lines whose answer was not the expected one. */
  readonly wrong: number;
}

/** A screen that writes to standard output. */
export function createScreen(steps: number): Screen {
  const started = Date.now();
  let step = 0;
  let wrong = 0;
  const write = (text: string) => process.stdout.write(`${text}\n`);
  return {
    step(title) {
      step += 1;
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      write(`\n${styleText('bold', `[${step}/${steps}] ${title}`)} ${styleText('dim', `(${seconds} s)`)}`);
    },
    line: (text) => write(`      ${text}`),
    check(request, expected, got) {
      const right = expected === got;
      if (!right) wrong += 1;
      const mark = right ? styleText('green', 'ok  ') : styleText('red', 'BAD ');
      write(`  ${mark} ${request.padEnd(72)} expected ${expected.padEnd(15)} got ${got}`);
    },
    get wrong() {
      return wrong;
    },
  };
}
