import type { Review } from './model.ts';

/** Version of the shape: it changes when a field gets another meaning or goes, not when one comes. */
export const JSON_VERSION = 1;

/** A review for programs. The keys have one order, and what is not there is null. */
export function toJson(review: Review): string {
  const { project, stack, verdict, resources, effects, outcomes, findings, notes } = review;
  const document = {
    version: JSON_VERSION,
    project,
    stack,
    verdict,
    resources,
    effects,
    outcomes,
    findings,
    notes,
  };
  return `${JSON.stringify(document, (_, value: unknown) => withNull(value), 2)}\n`;
}

function withNull(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === undefined ? null : item]),
  );
}
