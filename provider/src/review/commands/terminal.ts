/** What a command reads from and writes to. */
export interface Terminal {
  /** The whole of the standard input. */
  read(): Promise<string>;
  /** Writes a result. */
  write(text: string): void;
  /** Tells the user something, in one line, beside the result. */
  say(line: string): void;
  /** Width of a line in characters. */
  readonly columns: number;
  readonly colours: boolean;
}

/** The terminal of the process. Colours are for people: not for files, and not where `NO_COLOR` is set. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    async read() {
      let text = '';
      for await (const part of stdin.setEncoding('utf8')) text += String(part);
      return text;
    },
    write: (text) => void stdout.write(text),
    say: (line) => void stderr.write(`apig-review: ${line}\n`),
    columns: stdout.isTTY ? stdout.columns : 100,
    colours: stdout.isTTY && (env['NO_COLOR'] ?? '') === '',
  };
}
