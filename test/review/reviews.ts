import type {
  Effect,
  FieldChange,
  OutcomeGroup,
  ResourceChange,
  Review,
} from '../../provider/src/review/model.ts';
import { planOf, type Planned } from './previews.ts';
import { review } from '../../provider/src/review/review.ts';

/** Texts that would have effects in Markdown, in HTML, on GitHub or on a terminal. */
export const NASTY: readonly string[] = [
  'a|b\\|c\\\\|d',
  '`code` ``more`` `',
  'two\nlines\r\nthree',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '@octocat and @acme/team',
  'https://evil.example.com/ www.evil.example.com someone@example.com',
  '[link](https://evil.example.com) ![image](x) [ref]: x',
  '# head\n- item\n> quote\n| a | b |\n| - | - |',
  '**bold** _under_ ~~gone~~ #123 GH-123 :tada: $x^2$',
  '</details><!-- apig-review shop/dev --> -->',
  '&lt;b&gt; &amp; &#124;',
  ' padded ',
  '',
  '\u001B[31mred\u001B[0m \u0007 \u202Egnp.exe \uD800',
  '<!-- hidden',
  '\\',
  '```',
];

/** A review of a plan. */
export async function reviewOf(resources: readonly Planned[]): Promise<Review> {
  return review({ plan: planOf(resources) });
}

/** An answer of the gateway's own. */
export const ANSWERED = {
  result: 'answered',
  status: 200,
  code: undefined,
  api: 'list',
  backend: undefined,
  limits: [],
  policies: [],
} as const;

/** A review that has everything, with texts of a caller's choice in each place that takes any. */
export function reviewWith(texts: readonly string[], count: number): Review {
  const text = (at: number) => texts[at % texts.length] ?? '';
  const each = <T>(make: (at: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, at) => make(at));
  return {
    project: text(0),
    stack: text(1),
    verdict: 'breaking',
    resources: each((at): ResourceChange => {
      const field = (index: number): FieldChange => ({
        path: `field${String(index)}.${text(at + index)}`,
        before: text(at + index + 1),
        after: index === 2 ? undefined : text(at + index + 2),
        secret: index === 3,
        replaces: index === 0,
      });
      return {
        urn: `urn:pulumi:dev::shop::type::${String(at)}`,
        kind: 'api',
        type: text(at),
        name: `resource ${String(at)} ${text(at + 3)}`,
        operation: (['create', 'update', 'replace', 'delete'] as const)[at % 4] ?? 'update',
        fields: [0, 1, 2, 3].map(field),
        reaches: { apis: [text(at), text(at + 1)], apps: [text(at + 2)], domains: [] },
      };
    }),
    effects: each((at): Effect => ({
      kind: 'policyLost',
      api: text(at),
      environment: text(at + 1),
      policy: `throttle ${String(at)} ${text(at + 2)}`,
      because: text(at + 3),
      verdict: 'breaking',
    })),
    outcomes: each((at): OutcomeGroup => ({
      verdict: (['breaking', 'loosening', 'neutral'] as const)[at % 3] ?? 'neutral',
      api: text(at),
      environment: text(at + 1),
      callers: [text(at + 2), text(at + 3)],
      summary: text(at + 4),
      before: ANSWERED,
      after: ANSWERED,
      requests: [text(at + 5)],
      count: at + 1,
    })),
    findings: each((at) => ({
      rule: 'shadowed-route',
      severity: 'warning',
      message: text(at),
      urn: undefined,
    })),
    notes: texts,
  };
}
