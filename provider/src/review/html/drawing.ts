import type { Topology, TopologyNode, TopologyState } from '../model.ts';
import { thousands } from '../summary.ts';
import { markup, type Content, type Markup } from './markup.ts';

/*
 * A topology in three columns: who calls, APIs by environment, and what they use and where they lead. One drawing has
 * both sides, so that everything has one place.
 */

const WIDTH = 230;
const GAP_X = 90;
const HEIGHT = 40;
const STEP = 50;
/** More nodes than these are reduced to what changes and its neighbours. */
const WHOLE = 40;
const MOST_IN_COLUMN = 40;
const MARKS: Readonly<Record<TopologyState, string>> = { added: '+', removed: '−', changed: '~', same: '' };
const HEADS = { domain: 'Domains', app: 'Apps', policy: 'Policies', backend: 'Backends' } as const;

/** The topology as a drawing, with a choice of sides, and as a list. Undefined when there is none. */
export function topologySection({ nodes, edges }: Topology): Markup | undefined {
  if (nodes.length === 0) return undefined;
  const shown = shownOf({ nodes, edges });
  const columns = [['domain', 'app'], ['api'], ['policy', 'backend']].map((roles) =>
    shown.nodes
      .filter(({ role }) => roles.includes(role))
      .sort(
        (a, b) =>
          roles.indexOf(a.role) - roles.indexOf(b.role) ||
          compare(headOf(a), headOf(b)) ||
          compare(a.label, b.label),
      ),
  );
  const rowsOf = (column: readonly TopologyNode[]) => column.length + new Set(column.map(headOf)).size;
  const rows = Math.max(...columns.map(rowsOf));
  const [width, height] = [WIDTH * 3 + GAP_X * 2 + 2, rows * STEP + 8];
  const places = new Map<string, { readonly x: number; readonly y: number }>();
  const drawn = columns.map((column, index) => {
    const x = 1 + index * (WIDTH + GAP_X);
    let y = ((rows - rowsOf(column)) * STEP) / 2;
    let head = '';
    return column.map((node) => {
      const parts: Content[] = [];
      if (headOf(node) !== head) {
        head = headOf(node);
        parts.push(markup`<text class="column" x="${x}" y="${y + 36}">${cut(head)}</text>`);
        y += STEP;
      }
      places.set(node.key, { x, y });
      parts.push(drawNode(node, x, y));
      y += STEP;
      return parts;
    });
  });
  const lines = shown.edges
    .toSorted((a, b) => Number(a.state !== 'same') - Number(b.state !== 'same'))
    .map(({ from, to, state }) => {
      const [start, end] = [places.get(from), places.get(to)];
      if (start === undefined || end === undefined) return undefined;
      const [x1, y1, x2, y2] = [start.x + WIDTH, start.y + HEIGHT / 2, end.x, end.y + HEIGHT / 2];
      const middle = (x1 + x2) / 2;
      return markup`<path class="${state}" d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}" />`;
    });
  const rest = nodes.length - shown.nodes.length;
  return markup`<section id="topology" aria-labelledby="topology-head">
    <h2 id="topology-head">Topology</h2>
    <div class="topology">
      <fieldset class="sides">
        <legend>Show</legend>
        ${(['both', 'before', 'after'] as const).map((side) => markup`<label><input type="radio" name="side" value="${side}" ${side === 'both' ? markup` checked` : ''} /> ${side}</label>`)}
      </fieldset>
      <p class="legend">
        <span class="state added">+ added</span> <span class="state removed">− removed</span>
        <span class="state changed">~ changed</span>
      </p>
      ${rest > 0 ? markup`<p class="muted">${thousands(shown.nodes.length)} of ${thousands(nodes.length)} shown: what changes, and what it touches.</p>` : ''}
      <div class="drawing" role="region" aria-label="Drawing of the topology" tabindex="0">
        <svg
          role="img"
          aria-label="Who calls, APIs, and what they use; the list below says the same"
          viewBox="0 0 ${width} ${height}"
          width="${width}"
          height="${height}"
        >
          ${lines}${drawn}
        </svg>
      </div>
      <details>
        <summary>As a list</summary>
        <ul>
          ${columns[1]?.map((api) => listItem(api, shown))}
        </ul>
      </details>
    </div>
  </section>`;
}

function headOf({ role, environment }: TopologyNode): string {
  return role === 'api' ? `APIs in ${environment ?? ''}` : HEADS[role];
}

function drawNode({ label, detail, state }: TopologyNode, x: number, y: number): Markup {
  return markup`<g class="node ${state}" transform="translate(${x} ${y})"
    ><title>${label}${detail === undefined ? '' : `, ${detail}`}: ${state}</title
    ><rect width="${WIDTH}" height="${HEIGHT}" rx="7" /><text x="10" y="${detail === undefined ? 25 : 17}"
      >${cut(label)}</text
    >${detail === undefined ? '' : markup`<text class="detail" x="10" y="32">${cut(detail)}</text>`}<text
      class="mark"
      x="${WIDTH - 18}"
      y="25"
      >${MARKS[state]}</text
    ></g
  >`;
}

function listItem(api: TopologyNode, { nodes, edges }: Topology): Markup {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const others = edges
    .filter(({ from, to }) => from === api.key || to === api.key)
    .flatMap(({ from, to, state }) => {
      const other = byKey.get(from === api.key ? to : from);
      return other === undefined
        ? []
        : [
            markup`<li>
              ${other.role} <code>${other.label}</code>${said(state === 'same' ? other.state : state)}
            </li>`,
          ];
    });
  return markup`<li>
    <code>${api.label}</code> in <code>${api.environment}</code>${said(api.state)}
    <ul>
      ${others}
    </ul>
  </li>`;
}

function said(state: TopologyState): Markup | undefined {
  return state === 'same' ? undefined : markup` <span class="state ${state}">${MARKS[state]} ${state}</span>`;
}

/** What changes, and its neighbours, when all would be too much; what changes first. */
function shownOf({ nodes, edges }: Topology): Topology {
  const touched = new Set(nodes.filter(({ state }) => state !== 'same').map(({ key }) => key));
  for (const { from, to, state } of edges) if (state !== 'same') touched.add(from).add(to);
  const near = new Set(touched);
  for (const { from, to } of edges) {
    if (touched.has(from)) near.add(to);
    if (touched.has(to)) near.add(from);
  }
  const chosen = nodes.length <= WHOLE ? nodes : nodes.filter(({ key }) => near.has(key));
  const weight = ({ key }: TopologyNode) => (touched.has(key) ? 0 : 1);
  const kept = [['domain', 'app'], ['api'], ['policy', 'backend']].flatMap((roles) =>
    chosen
      .filter(({ role }) => roles.includes(role))
      .sort((a, b) => weight(a) - weight(b))
      .slice(0, MOST_IN_COLUMN),
  );
  const keys = new Set(kept.map(({ key }) => key));
  return { nodes: kept, edges: edges.filter(({ from, to }) => keys.has(from) && keys.has(to)) };
}

/** A text that fits into a node; letters of East Asia are twice as wide. */
function cut(text: string): string {
  let room = 29;
  let end = 0;
  for (const letter of text) {
    room -= /[\u1100-\uFFEF]|[\u{1F000}-\u{3FFFF}]/u.test(letter) ? 2 : 1;
    if (room < 0) return `${text.slice(0, end)}…`;
    end += letter.length;
  }
  return text;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
