import type { LastChange } from './authors.ts';
import { code, lengthOf, prose, row, table } from './gfm.ts';
import { LONGEST_COMMENT, markerOf, toMarkdown } from './markdown.ts';
import type { Review } from './model.ts';

/** More would hide what has drifted. */
const MOST_AUTHORS = 50;

/**
 * What was changed beside the program, as the body of an issue.
 *
 * @param found review of a preview that begins with a refresh: before is what is there, after what the program says
 */
export function driftMarkdown(found: Review, changes: readonly LastChange[]): string {
  const { project, stack, resources } = found;
  const place = prose(`${project}/${stack}`);
  const head = `${driftMarkerOf(found)}\n`;
  if (resources.length === 0) return `${head}Nothing in ${place} differs from the program.\n`;
  const intro =
    `What is there is no longer what the program of ${place} says. *Before* is what is there now, *after* what the next ` +
    'update makes of it: take what shall stay over into the program, or run the update.\n\n';
  const start = `${head}${intro}${authorTable(found, changes)}`;
  return `${start}${toMarkdown(found, LONGEST_COMMENT - lengthOf(start))}`;
}

/** Title of the issue. */
export function driftTitle({ project, stack, resources }: Review): string {
  return `Drift in ${project}/${stack}: ${String(resources.length)} resource${resources.length === 1 ? '' : 's'}`;
}

/** What the issues about one stack begin with. */
export function driftMarkerOf({ project, stack }: Pick<Review, 'project' | 'stack'>): string {
  return markerOf(project, stack, 'apig-drift');
}

function authorTable({ resources }: Review, changes: readonly LastChange[]): string {
  if (changes.length === 0) return 'Who changed it is not known: the gateway keeps no record of it.\n\n';
  const names = new Map(resources.map(({ urn, type, name }) => [urn, `${prose(type)} ${code(name)}`]));
  const rows = changes
    .slice(0, MOST_AUTHORS)
    .map(({ urn, actor, at, fields }) =>
      row([names.get(urn) ?? code(urn), prose(actor), prose(at), fields.map(code).join(', ')]),
    );
  return `${table(['Resource', 'Last changed by', 'At', 'Fields'], rows)}\n`;
}
