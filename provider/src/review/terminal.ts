import type { OutcomeGroup, ResourceChange, Review, Verdict } from './model.ts';
import {
  byWeight,
  counted,
  countEffects,
  countOperations,
  countReach,
  countVerdicts,
  effectInWords,
  everybody,
  explainVerdict,
  groupEffects,
  rankOf,
  thousands,
  valuesInWords,
} from './summary.ts';
import { visible } from './visible.ts';

/** How a terminal shows texts. */
export interface Screen {
  /** Width in characters. */
  readonly columns: number;
  readonly colours: boolean;
}

/** A review for a terminal: lines as wide as it is, and colours where it has them. */
export function toTerminal(review: Review, screen: Screen): string {
  const { project, stack, verdict, resources, effects, outcomes, findings, notes } = review;
  const paint = painter(screen.colours);
  const width = Math.max(40, screen.columns);
  const lines: string[] = [];
  const put = (text: string, indent = 0, hanging = indent): void => {
    lines.push(...wrap(visible(text).replaceAll('\n', ' ⏎ '), width, indent, hanging));
  };
  const title = (text: string): void => {
    lines.push('', paint('bold', text));
  };
  const fact = (name: string, text: string): void => {
    if (text !== '') put(`${name.padEnd(11)} ${text}`, 0, 12);
  };

  lines.push(`${paint('bold', visible(`${project} / ${stack}`))}: ${paint(verdict, verdict)}`);
  put(explainVerdict(review), 2);
  fact('resources', countOperations(resources));
  fact('APIs', countEffects(effects, ['published', 'republished', 'offline']));
  fact('policies', countEffects(effects, ['policyGained', 'policyLost', 'policyChanged']));
  if (outcomes !== undefined) fact('requests', countVerdicts(outcomes) || 'all treated as before');
  fact('reaches', countReach(everybody(resources)));
  for (const note of notes) put(`note: ${note}`, 0, 6);

  const groups = (outcomes ?? []).toSorted(
    (a, b) => rankOf(b.verdict) - rankOf(a.verdict) || b.count - a.count,
  );
  if (groups.length > 0) title('Requests');
  for (const group of groups) {
    put(outcomeLine(group), 2, 4);
    for (const request of group.requests.slice(0, 2)) put(request, 6, 8);
  }
  const events = groupEffects(effects);
  if (events.length > 0) title('APIs');
  for (const event of events) {
    const where = `${some(event.apis, 8)} in ${some(event.environments, 4)}`;
    put(`${event.verdict.padEnd(9)} ${effectInWords(event)}: ${where}; ${event.because}`, 2, 12);
  }
  if (findings.length > 0) title('Remarks');
  for (const { severity, rule, message } of findings) put(`${severity} ${rule}: ${message}`, 2, 4);
  if (resources.length > 0) title('Resources');
  for (const resource of byWeight(resources)) {
    put(resourceLine(resource), 2, 4);
    for (const line of fieldLines(resource)) put(line, 6, 8);
  }
  return `${lines.map((line) => coloured(line, paint)).join('\n')}\n`;
}

type Paint = (style: Verdict | 'bold', text: string) => string;

const STYLES: Readonly<Record<Verdict | 'bold', number>> = {
  bold: 1,
  none: 32,
  neutral: 36,
  loosening: 33,
  breaking: 31,
};

function painter(hasColours: boolean): Paint {
  return (style, text) => (hasColours ? `\u001B[${String(STYLES[style])}m${text}\u001B[0m` : text);
}

/** Verdicts stand at the beginning of their lines, and get their colours after lines have been wrapped. */
function coloured(line: string, paint: Paint): string {
  return line.replace(
    /^ {2}(breaking|loosening|neutral)(?= )/,
    (_, verdict: Verdict) => `  ${paint(verdict, verdict)}`,
  );
}

function outcomeLine({ verdict, api, environment, callers, summary, count }: OutcomeGroup): string {
  const who = some(callers, 3);
  return `${verdict.padEnd(9)} ${summary}: ${api} in ${environment} for ${who} (${counted(count, 'request')})`;
}

function resourceLine({ operation, type, name, reaches }: ResourceChange): string {
  const reach = countReach(reaches);
  return `${operation} ${type} ${name}${reach === '' ? '' : `, reaches ${reach}`}`;
}

function fieldLines({ fields }: ResourceChange): readonly string[] {
  return fields.map(({ path, before, after, secret, replaces }) => {
    const values = secret ? 'secret changed' : valuesInWords(before, after);
    return `${path}: ${values}${replaces ? ' (replaces)' : ''}`;
  });
}

function some(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return names.slice(0, most).join(', ') + (rest > 0 ? ` and ${thousands(rest)} more` : '');
}

/** Lines of at most a width, broken at blanks, and within words that are longer. */
function wrap(text: string, width: number, indent: number, hanging: number): readonly string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let isEmpty = true;
  for (const word of text.split(' ')) {
    for (const piece of pieces(word, width - hanging)) {
      const gap = isEmpty ? '' : ' ';
      if (!isEmpty && widthOf(line) + 1 + widthOf(piece) > width) {
        lines.push(line);
        line = ' '.repeat(hanging) + piece;
      } else line += gap + piece;
      isEmpty = false;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const found: string[] = [];
  let piece = '';
  for (const letter of word) {
    if (widthOf(piece + letter) > width) {
      found.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...found, piece];
}

/** Wide letters take two columns, and marks upon letters none. Source: Unicode Standard Annex 11. */
function widthOf(text: string): number {
  // Nearly all texts are plain.
  // eslint-disable-next-line no-control-regex -- all of ASCII
  if (/^[\u0000-\u007F]*$/.test(text)) return text.length;
  let width = 0;
  for (const letter of text) width += /\p{Mark}/u.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1;
  return width;
}

const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u;
