import { createHash } from 'node:crypto';
import type {
  Effect,
  FieldChange,
  Finding,
  Outcome,
  OutcomeGroup,
  ResourceChange,
  Review,
} from '../model.ts';
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
} from '../summary.ts';
import { topologySection } from './drawing.ts';
import { markup, Markup, type Content } from './markup.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** A review as one page that loads nothing and can be read anywhere. */
export function toHtml(review: Review): string {
  const { project, stack, verdict, resources, effects, outcomes = [], findings, notes, topology } = review;
  // Neither a style nor a script of others would be taken, and nothing can be sent. Source: Content Security Policy Level 3.
  const policy = `default-src 'none'; style-src '${digest(STYLE)}'; script-src '${digest(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${project} / ${stack}: ${verdict}</title>
        ${new Markup(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the changes</a>
        <header>
          <h1>${project} / ${stack}</h1>
          <p class="verdict ${verdict}">
            <strong>${verdict === 'none' ? 'no change for callers' : verdict}</strong
            >${explainVerdict(review)}
          </p>
          <dl class="facts">
            ${factsOf(review).map(
              ([name, text]) =>
                markup`<div>
                  <dt>${name}</dt>
                  <dd>${text}</dd>
                </div>`,
            )}
          </dl>
          ${
            notes.length === 0
              ? ''
              : markup`<h2>Notes</h2>
                  <ul class="notes">
                    ${notes.map((note) => markup`<li>${note}</li>`)}
                  </ul>`
          }
        </header>
        ${toolsOf(review)}
        <main id="content" tabindex="-1">
          ${topology === undefined ? '' : topologySection(topology)}
          ${section('requests', 'Requests that are treated otherwise', outcomes.toSorted((a, b) => rankOf(b.verdict) - rankOf(a.verdict) || b.count - a.count).map(outcomeItem))}
          ${section('apis', 'What happens to APIs', groupEffects(effects).map(effectItem))}
          ${section('remarks', 'Remarks', findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)).map(findingItem))}
          ${section('resources', 'Resources', byWeight(resources).map(resourceItem))}
        </main>
        <footer>Written by apig-review. The page loads nothing and sends nothing.</footer>
        ${new Markup(`<script>${SCRIPT}</script>`)}
      </body>
    </html> `;
  return page.text;
}

const SEVERITIES = ['error', 'warning', 'note'] as const;

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function factsOf({ resources, effects, outcomes, findings }: Review): readonly (readonly [string, string])[] {
  const facts: readonly (readonly [string, string])[] = [
    [
      'Requests',
      outcomes === undefined ? 'not compared' : countVerdicts(outcomes) || 'all treated as before',
    ],
    ['Resources', countOperations(resources) || 'none changes'],
    ['APIs', countEffects(effects, ['published', 'republished', 'offline'])],
    ['Policies of APIs', countEffects(effects, ['policyGained', 'policyLost', 'policyChanged'])],
    ['Reaches', countReach(everybody(resources))],
    ['Remarks', counted(findings.length, 'remark')],
  ];
  return facts.filter(([, text]) => text !== '');
}

function toolsOf({ resources, effects, outcomes = [] }: Review): Markup {
  const verdicts = [...outcomes, ...effects].map(({ verdict }: Pick<Effect, 'verdict'>) => verdict);
  return markup`<nav class="tools" aria-label="Search and filters" hidden>
    <form role="search" autocomplete="off">
      <label class="search"
        >Search (press /)<input type="search" name="search" placeholder="API, app, field, status …"
      /></label>
      ${choice('verdict', 'Verdict', verdicts)}${choice('kind', 'Kind', resources.map(kindOf))}${choice(
        'operation',
        'Operation',
        resources.map(({ operation }) => operation),
      )}
      <button type="reset">Clear</button><output role="status"></output>
    </form>
  </nav>`;
}

function choice(name: string, label: string, values: readonly string[]): Markup {
  const options = [...new Set(values)]
    .sort()
    .map((value) => markup`<option value="${value}">${value}</option>`);
  return markup`<label
    >${label}<select name="${name}">
      <option value="">all</option>
      ${options}
    </select></label
  >`;
}

function section(id: string, title: string, items: readonly Markup[]): Markup | undefined {
  if (items.length === 0) return undefined;
  return markup`<section id="${id}" class="items" aria-labelledby="${id}-head">
    <h2 id="${id}-head">${title} <span class="count">${thousands(items.length)}</span></h2>
    <p class="nothing muted" hidden>Nothing here matches.</p>
    <ul class="list" role="list">
      ${items}
    </ul>
  </section>`;
}

function pill(word: string): Markup {
  return markup`<span class="pill ${word}">${word}</span>`;
}

function codes(names: readonly string[]): Content {
  return names.map((name, at) => markup`${at === 0 ? '' : ', '}<code>${name}</code>`);
}

function outcomeItem(group: OutcomeGroup): Markup {
  const { verdict, api, environment, callers, summary, before, after, requests, count } = group;
  return markup`<li class="card item" data-verdict="${verdict}">
    <h3>${pill(verdict)} <code>${api}</code> in <code>${environment}</code></h3>
    <p class="what">${summary}</p>
    <p>Called by ${codes(callers)}</p>
    <details>
      <summary>Before and after <span class="muted">${counted(count, 'request')}</span></summary>
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          ${sidesOf(before, after)}
        </tbody>
      </table>
      <p>For example</p>
      <ul>
        ${requests.map((request) => markup`<li><code>${request}</code></li>`)}
      </ul>
    </details>
  </li> `;
}

function sidesOf(before: Outcome, after: Outcome): Content {
  const rows: readonly (readonly [string, (outcome: Outcome) => string])[] = [
    [
      'Result',
      ({ result, status, code }) => [result, status, code].filter((part) => part !== undefined).join(' '),
    ],
    ['API', ({ api = '' }) => api],
    ['Backend', ({ backend = '' }) => backend],
    ['Limits', ({ limits }) => limits.join('\n')],
    ['Policies', ({ policies }) => policies.join('\n')],
  ];
  return rows.map(([name, textOf]) => {
    const [old, now] = [textOf(before), textOf(after)];
    if (old === '' && now === '') return undefined;
    const isSame = old === now;
    return markup`<tr>
      <th scope="row">${name}</th>
      <td>${valueOf(old, isSame ? 'span' : 'del')}</td>
      <td>${valueOf(now, isSame ? 'span' : 'ins')}</td>
    </tr>`;
  });
}

function valueOf(text: string | undefined, tag: 'span' | 'del' | 'ins'): Markup | undefined {
  if (text === undefined || text === '') return undefined;
  const name = new Markup(tag);
  return markup`<${name} class="value">${text}</${name}>`;
}

function effectItem(group: EffectGroup): Markup {
  const { verdict, apis, environments, because } = group;
  return markup`<li class="card item" data-verdict="${verdict}">
    <h3>${pill(verdict)} ${effectInWords(group)}</h3>
    <p>${codes(apis)} in ${codes(environments)}</p>
    <p class="muted">${because}</p>
  </li> `;
}

function findingItem({ severity, rule, message }: Finding): Markup {
  return markup`<li class="card item">
    <h3>${pill(severity)} <code>${rule}</code></h3>
    <p>${message}</p>
  </li> `;
}

function kindOf({ kind, type }: ResourceChange): string {
  return kind ?? type;
}

function resourceItem(resource: ResourceChange): Markup {
  const { operation, type, name, fields, reaches, urn } = resource;
  const facts = [counted(fields.length, 'field'), countReach(reaches) && `reaches ${countReach(reaches)}`];
  const names = [...reaches.apis, ...reaches.apps, ...reaches.domains];
  return markup`<li class="card item" data-kind="${kindOf(resource)}" data-operation="${operation}">
    <details>
      <summary>
        ${pill(operation)} ${type} <strong>${name}</strong>
        <span class="muted">${facts.filter((fact) => fact !== '').join(', ')}</span>
      </summary>
      ${
        fields.length === 0
          ? ''
          : markup`<table>
              <thead>
                <tr>
                  <th scope="col">Field</th>
                  <th scope="col">Before</th>
                  <th scope="col">After</th>
                </tr>
              </thead>
              <tbody>
                ${fields.map(fieldRow)}
              </tbody>
            </table>`
      }
      ${names.length === 0 ? '' : markup`<p>Reaches ${codes(names)}</p>`}
      <p class="muted"><code>${urn}</code></p>
    </details>
  </li> `;
}

function fieldRow({ path, before, after, secret, replaces }: FieldChange): Markup {
  const values = secret
    ? markup`<td>secret</td>
        <td>changed</td>`
    : markup`<td>${valueOf(before, 'del')}</td>
        <td>${valueOf(after, 'ins')}</td>`;
  return markup`<tr>
    <th scope="row"><code>${path}</code>${replaces ? ' (replaces)' : ''}</th>
    ${values}
  </tr>`;
}
