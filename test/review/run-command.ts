import { runReview } from '../../provider/src/review/run.ts';

/** What a command came to. */
export interface Ran {
  readonly code: number;
  /** What it wrote. */
  readonly text: string;
  /** The lines that it said beside that. */
  readonly said: readonly string[];
}

/** Runs `apig-review`, with a text on its standard input, for a terminal without colours. */
export async function runCommand(args: readonly string[], input = ''): Promise<Ran> {
  const [written, said]: [string[], string[]] = [[], []];
  const code = await runReview(args, {
    read: () => Promise.resolve(input),
    write: (text) => written.push(text),
    say: (line) => said.push(line),
    columns: 80,
    colours: false,
  });
  return { code, text: written.join(''), said };
}
