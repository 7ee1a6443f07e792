/** A table; cells hold inline Markdown. No table without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => toCell(cell)).join(' | ')} |`,
  );
  return `${lines.join('\n')}\n`;
}

/** Text that is shown as it is. */
export function code(text: string): string {
  // A code span ends at a run of as many backquotes as it began with.
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const blank = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${blank}${text}${blank}${fence}`;
}

/** A value: a text as it is, anything else as JSON. */
export function valueCode(value: unknown): string {
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Paragraphs, tables and the like with a blank line between them. Empty ones are left out. */
export function blocks(parts: readonly string[]): string {
  return parts
    .map((part) => part.trimEnd())
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last = 'and'): string {
  const [end = '', ...rest] = words.toReversed();
  return rest.length === 0 ? end : `${rest.toReversed().join(', ')} ${last} ${end}`;
}

/** Which words of a name belong together: `securityGroup` to `security group`. */
export function spelledOut(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function toCell(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}
