import { visible } from '../visible.ts';

/** HTML that is safe to write. Everything else is a text, and escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What stands in HTML: texts and numbers are escaped, lists are joined, and nothing is written for undefined. */
export type Content = string | number | Markup | undefined | readonly Content[];

/** HTML from a template. */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts.map((part, at) => part + write(values[at])).join(''));
}

function write(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(write).join('');
  return visible(String(content)).replace(/[&<>"']/g, (letter) => `&#${String(letter.charCodeAt(0))};`);
}
