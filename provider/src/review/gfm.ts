import { visible } from './visible.ts';

/*
 * Texts of others in GitHub's Markdown: shown as they are, in one line, and without any effect. Source: GitHub Flavored
 * Markdown Spec, sections 4.10, 6.1, 6.2 and 6.9. A code span has no effects inside, but cannot hold a pipe behind a
 * backslash, backticks at will, or line breaks; for these there is the element, with references in the place of marks.
 */

/** A text as code. */
export function code(text: string): string {
  const shown = visible(text);
  if (shown.trim() === shown && shown !== '' && !/[|`\n]/.test(shown)) return `\`${shown}\``;
  return `<code>${inert(shown)}</code>`;
}

/** A sentence. Of its own marks only backticks count, around code. */
export function prose(text: string): string {
  return text
    .split('`')
    .map((part, at, all) => (at % 2 === 1 && at < all.length - 1 ? code(part) : inert(visible(part))))
    .join('');
}

/** Rows as a table: always with its head, and each row in a line of its own. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly string[]): string {
  return `${tableHead(head)}${rows.join('')}`;
}

/** The lines with which a table begins. */
export function tableHead(head: readonly string[]): string {
  return `${row(head)}${row(head.map(() => '---'))}`;
}

/** A line of a table. */
export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** Something that is opened by a click. Blank lines make what is inside Markdown again. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content.trimEnd()}\n\n</details>\n\n`;
}

/** A text for the summary of something folded, which is HTML. */
export function html(text: string): string {
  return inert(visible(text));
}

/** Length as a service may count it, whatever it counts. */
export function lengthOf(text: string): number {
  return Buffer.byteLength(text);
}

const MARKS = /[&<>\\`*_~[\]|#@$!]|:(?=\/\/)|(?<=mailto|xmpp):|\n|www(?=\.)|^ +| +$/g;

/**
 * References stand for marks and are none. A comment keeps what would be an address, a person or an issue in two parts:
 * these are looked for in what has been rendered too.
 */
function inert(text: string): string {
  return text.replace(MARKS, (mark) => {
    if (mark === '\n') return '<br>';
    if (mark === 'www') return 'www<!-- -->';
    if (mark.startsWith(' ')) return '&#32;'.repeat(mark.length);
    const reference = `&#${String(mark.codePointAt(0) ?? 0)};`;
    return '@#:'.includes(mark) ? `${reference}<!-- -->` : reference;
  });
}
