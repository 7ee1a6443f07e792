import { code, folded, html, lengthOf, prose, row, table, tableHead } from './gfm.ts';
import type { FieldChange, OutcomeGroup, Reach, ResourceChange, Review } from './model.ts';
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
  type EffectGroup,
} from './summary.ts';
import { visible } from './visible.ts';

/** Longest comment that GitHub takes. */
export const LONGEST_COMMENT = 65_536;

/**
 * A review as a comment for GitHub, in at most `limit` bytes: what does not fit is folded into one table, and then left
 * out by whole rows, which is said.
 */
export function toMarkdown(review: Review, limit = LONGEST_COMMENT): string {
  const { project, stack, verdict } = review;
  const head = [
    `${markerOf(project, stack)}\n`,
    `### ${prose(`${project} / ${stack}`)}: ${verdict === 'none' ? 'no change for callers' : verdict}\n\n`,
    summaryOf(review),
    notesOf(review.notes),
  ].join('');
  // Every section may take a share of what is left, and what it does not need is left to the others.
  let left = limit - lengthOf(head);
  const sections = SECTIONS.map(([write, share], index) => {
    const isLast = index === SECTIONS.length - 1;
    const text = write(review, isLast ? left : Math.floor(left * share));
    left -= lengthOf(text);
    return text;
  });
  return `${head}${sections.join('')}`.trimEnd() + '\n';
}

/** What the texts of one stack for one purpose begin with, and no other text: by it the one to be replaced is found. */
export function markerOf(project: string, stack: string, purpose = 'apig-review'): string {
  const name = (text: string) => encodeURIComponent(visible(text)).replaceAll('-', '%2D');
  return `<!-- ${purpose} ${name(project)}/${name(stack)} -->`;
}

type Write = (review: Review, room: number) => string;

const SECTIONS: readonly (readonly [write: Write, share: number])[] = [
  [(review, room) => outcomesOf(review, room, true), 0.5],
  [effectsOf, 0.5],
  [findingsOf, 0.3],
  [(review, room) => outcomesOf(review, room, false), 0.3],
  [resourcesOf, 1],
];

function summaryOf(review: Review): string {
  const { resources, effects, outcomes, findings, verdict } = review;
  const rows: readonly (readonly [string, string])[] = [
    ['Verdict', `**${verdict}**: ${explainVerdict(review)}`],
    ['Resources', countOperations(resources) || 'none changes'],
    ['APIs', countEffects(effects, ['published', 'republished', 'offline'])],
    ['Policies of APIs', countEffects(effects, ['policyGained', 'policyLost', 'policyChanged'])],
    ['Requests', outcomes === undefined ? '' : countVerdicts(outcomes) || 'all treated as before'],
    ['Reaches', countReach(everybody(resources))],
    ['Remarks', findingCount(findings)],
  ];
  const shown = rows.filter(([, text]) => text !== '').map((cells) => row(cells));
  const base =
    outcomes === undefined && resources.length > 0
      ? 'Behaviour was not compared: the verdict follows from the plan alone, and says the worse where the plan does not tell.\n\n'
      : '';
  return `${table(['', ''], shown)}\n${base}`;
}

function findingCount(findings: Review['findings']): string {
  return (['error', 'warning', 'note'] as const)
    .map((severity) => counted(findings.filter((each) => each.severity === severity).length, severity))
    .filter((text) => text !== '')
    .join(', ');
}

const MOST_NOTES = 10;
const LONGEST_NOTE = 700;

function notesOf(notes: readonly string[]): string {
  if (notes.length === 0) return '';
  const shown = notes
    .slice(0, MOST_NOTES)
    .map((note) => `- ${prose(note.length > LONGEST_NOTE ? `${note.slice(0, LONGEST_NOTE)} …` : note)}\n`);
  const rest = notes.length - MOST_NOTES;
  return `${shown.join('')}${rest > 0 ? `- ${leftOut(rest, 'note')}\n` : ''}\n`;
}

function outcomesOf({ outcomes = [] }: Review, room: number, areGrave: boolean): string {
  const groups = outcomes
    .filter(({ verdict }) => (verdict !== 'neutral') === areGrave)
    .toSorted((a, b) => rankOf(b.verdict) - rankOf(a.verdict) || b.count - a.count);
  const head = ['', 'API', 'Environment', 'Callers', 'Then', 'For example', 'Requests'];
  const title = areGrave ? 'Requests that are treated otherwise' : 'Requests that nobody loses or gains';
  return section(title, head, groups.map(outcomeRow), room, {
    what: 'group of requests',
    isFolded: !areGrave,
  });
}

function outcomeRow({ verdict, api, environment, callers, summary, requests, count }: OutcomeGroup): string {
  const examples = requests.slice(0, 2).map(code).join('<br>');
  return row([
    weighted(verdict),
    code(api),
    code(environment),
    some(callers, 3, code),
    prose(summary),
    examples,
    thousands(count),
  ]);
}

function effectsOf({ effects }: Review, room: number): string {
  const groups = groupEffects(effects);
  return section(
    'What happens to APIs',
    ['', 'What', 'APIs', 'Environment', 'Because'],
    groups.map(effectRow),
    room,
    {
      what: 'event',
      isFolded: groups.length > 15,
    },
  );
}

function effectRow(group: EffectGroup): string {
  const { verdict, apis, environments, because } = group;
  return row([
    weighted(verdict),
    prose(effectInWords(group)),
    some(apis, 8, code),
    some(environments, 4, code),
    prose(because),
  ]);
}

function findingsOf({ findings }: Review, room: number): string {
  const order = ['error', 'warning', 'note'];
  const rows = findings
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .map(({ severity, rule, message }) => row([severity, code(rule), prose(message)]));
  return section('Remarks', ['', 'Rule', 'Remark'], rows, room, { what: 'remark', isFolded: true });
}

function resourcesOf({ resources }: Review, room: number): string {
  if (resources.length === 0) return '';
  const ordered = byWeight(resources);
  const title = '#### Resources\n\n';
  const whole = title + ordered.map(unfolded).join('');
  if (lengthOf(whole) <= room) return whole;
  const head = ['', 'Resource', 'Fields', 'Reaches'];
  return section('Resources', head, ordered.map(resourceRow), room, { what: 'resource', isFolded: true });
}

/** One resource, with all of its fields behind a click. */
function unfolded(resource: ResourceChange): string {
  const { operation, fields, reaches } = resource;
  const facts = [counted(fields.length, 'field'), countReach(reaches) && `reaches ${countReach(reaches)}`];
  const told = facts.filter((fact) => fact !== '').join(', ');
  const summary = `${operation} ${html(resource.type)} <b>${html(resource.name)}</b>${told === '' ? '' : `: ${told}`}`;
  const list = fields.length === 0 ? '' : `${table(['Field', 'Before', 'After'], fields.map(fieldRow))}\n`;
  const content = `${list}${reachOf(reaches)}`;
  return content === '' ? `${summary}\n\n` : folded(summary, content);
}

function fieldRow({ path, before, after, secret, replaces }: FieldChange): string {
  const name = `${code(path)}${replaces ? ' (replaces)' : ''}`;
  return row(secret ? [name, 'secret', 'changed'] : [name, valueOf(before), valueOf(after)]);
}

/** The same in one line. */
function resourceRow({ operation, type, name, fields, reaches }: ResourceChange): string {
  const shown = fields.slice(0, 4).map(({ path, before, after, secret, replaces }) => {
    const values = secret ? 'changed' : `${valueOf(before)} → ${valueOf(after)}`;
    return `${code(path)}${replaces ? ' (replaces)' : ''} ${values}`;
  });
  const rest = fields.length > 4 ? [`and ${thousands(fields.length - 4)} more`] : [];
  return row([
    operation,
    `${prose(type)} ${code(name)}`,
    [...shown, ...rest].join('<br>'),
    countReach(reaches),
  ]);
}

function valueOf(text: string | undefined): string {
  return text === undefined ? '' : code(text);
}

function reachOf({ apis, apps, domains }: Reach): string {
  const parts = [
    ['APIs', apis],
    ['apps', apps],
    ['domains', domains],
  ] as const;
  const told = parts
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `${word} ${some(names, 12, code)}`);
  return told.length === 0 ? '' : `Reaches ${told.join('; ')}.\n`;
}

/**
 * A section with one table, of which as many rows are shown as there is room for. Empty when there is no room for a
 * single one, apart from the sentence that says so.
 */
function section(
  title: string,
  head: readonly string[],
  rows: readonly string[],
  room: number,
  { what, isFolded }: { readonly what: string; readonly isFolded: boolean },
): string {
  if (rows.length === 0) return '';
  const wrap = (content: string) =>
    isFolded
      ? folded(`${html(title)} (${thousands(rows.length)})`, content)
      : `#### ${title}\n\n${content}\n`;
  const start = tableHead(head);
  const rest = (count: number) => (count === 0 ? '' : `\n${leftOut(count, what)}\n`);
  // The longest sentence that may be needed.
  let used = lengthOf(wrap(start)) + lengthOf(rest(rows.length));
  let count = 0;
  for (const line of rows) {
    const length = lengthOf(line);
    if (used + length > room) break;
    used += length;
    count += 1;
  }
  if (count === 0) {
    const sentence = `${leftOut(rows.length, what)}\n\n`;
    return lengthOf(sentence) <= room ? sentence : '';
  }
  return wrap(start + rows.slice(0, count).join('') + rest(rows.length - count));
}

function leftOut(count: number, what: string): string {
  return `${counted(count, what)} left out here, since a comment has its limits: \`apig-review --format json\` tells all.`;
}

function some(names: readonly string[], most: number, write: (name: string) => string): string {
  const shown = names.slice(0, most).map(write).join(', ');
  return names.length > most ? `${shown} and ${thousands(names.length - most)} more` : shown;
}

function weighted(verdict: string): string {
  return verdict === 'breaking' ? '**breaking**' : verdict;
}
