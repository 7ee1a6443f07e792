import { latin1 } from './characters.ts';
import { HeadParser } from './head-parser.ts';
import { FIELD, Head } from './head.ts';

/** Reads the fields after the last chunk: a head without a first line. */
export class TrailerParser extends HeadParser {
  /** The fields, as lines that may be sent on: those that frame, route or authenticate are left out. */
  lines = '';

  override reset(): void {
    super.reset();
    this.lines = '';
  }

  protected override readFirstLine(at: number): number {
    return at;
  }

  protected override finish(after: number): boolean {
    if (this.count === 0) return true;
    const text = latin1(this.bytes, this.fieldsAt, after);
    const head = new Head(text, this.marks, this.count);
    for (let index = 0; index < head.count; index += 1) {
      if (head.kind(index) !== FIELD.other || FORBIDDEN.has(head.name(index).toLowerCase())) continue;
      this.lines += text.slice(head.lineStart(index), head.lineStart(index + 1));
    }
    return true;
  }
}

/**
 * Fields that are acted on before the body is read: taken from a trailer they would come too late, or change what
 * was decided. Source: RFC 9110, section 6.5.1.
 */
const FORBIDDEN = new Set([
  ...[
    'authorization',
    'cookie',
    'set-cookie',
    'proxy-authorization',
    'proxy-authenticate',
    'www-authenticate',
  ],
  ...[
    'content-encoding',
    'content-range',
    'content-type',
    'cache-control',
    'max-forwards',
    'range',
    'location',
  ],
  ...['age', 'date', 'expires', 'pragma', 'vary', 'retry-after', 'if-match', 'if-none-match'],
]);
