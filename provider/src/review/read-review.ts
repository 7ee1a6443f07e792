import { z } from 'zod';
import { JSON_VERSION } from './json.ts';
import type { Review } from './model.ts';
import { ReviewError } from './plan.ts';

/**
 * Reads a review that `toJson` wrote.
 *
 * @param name of the file, for the message
 * @throws ReviewError when it is no such text, or one of another version
 */
export function readReview(text: string, name: string): Review {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ReviewError(`${name} is not JSON: expected what \`apig-review --format json\` writes.`);
  }
  const version = VERSIONED.safeParse(value);
  if (!version.success) throw new ReviewError(`${name} is no review: it has no version.`);
  if (version.data.version !== JSON_VERSION)
    throw new ReviewError(
      `${name} has the version ${String(version.data.version)}: expected ${String(JSON_VERSION)}, write it anew.`,
    );
  const parsed = REVIEW.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ReviewError(`${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'expected a review'}.`);
}

const VERSIONED = z.object({ version: z.number() });

/** What JSON has as null was left out. */
const optional = <T extends z.ZodType>(schema: T) =>
  z
    .union([schema, z.null()])
    .optional()
    .transform((value) => value ?? undefined);

const texts = z.array(z.string());
const verdict = z.enum(['none', 'neutral', 'loosening', 'breaking']);
const weight = verdict.exclude(['none']);

const outcome = z.object({
  result: z.enum(['refused', 'answered', 'forwarded', 'depends']),
  status: optional(z.number()),
  code: optional(z.string()),
  api: optional(z.string()),
  backend: optional(z.string()),
  limits: texts,
  policies: texts,
});

const REVIEW: z.ZodType<Review> = z.object({
  project: z.string(),
  stack: z.string(),
  verdict,
  resources: z.array(
    z.object({
      urn: z.string(),
      kind: optional(z.string()),
      type: z.string(),
      name: z.string(),
      operation: z.enum(['create', 'update', 'replace', 'delete', 'same', 'read', 'import']),
      fields: z.array(
        z.object({
          path: z.string(),
          before: optional(z.string()),
          after: optional(z.string()),
          secret: z.boolean(),
          replaces: z.boolean(),
        }),
      ),
      reaches: z.object({ apis: texts, apps: texts, domains: texts }),
    }),
  ),
  effects: z.array(
    z.object({
      kind: z.enum(['published', 'republished', 'offline', 'policyGained', 'policyLost', 'policyChanged']),
      api: z.string(),
      environment: z.string(),
      policy: optional(z.string()),
      verdict: weight,
      because: z.string(),
    }),
  ),
  outcomes: optional(
    z.array(
      z.object({
        verdict: weight,
        api: z.string(),
        environment: z.string(),
        callers: texts,
        summary: z.string(),
        before: outcome,
        after: outcome,
        requests: texts,
        count: z.number(),
      }),
    ),
  ),
  findings: z.array(
    z.object({
      rule: z.string(),
      severity: z.enum(['error', 'warning', 'note']),
      message: z.string(),
      urn: optional(z.string()),
    }),
  ),
  notes: texts,
});
