import { createHash } from 'node:crypto';
import { settle, type Description, type Json } from '@apig/sdk/contract';
import { isUnknown } from '../../unknown.ts';
import { isSecret } from '../hidden.ts';
import { withValue } from './references.ts';

/*
 * What a plan does not know, or does not show, gets a stand-in that passes the checks of its field. It follows from where
 * the value is and from nothing else, so that two sides of a plan have the same one, and another one where a secret changes.
 */

type Path = readonly (string | number)[];

interface Place {
  readonly path: Path;
  readonly seed: string;
}

/**
 * The settled values of an object; undefined when it cannot be one, whatever stands in.
 *
 * @param seed tells the object, and the age of its hidden secrets
 */
export function settleWithStandIns(
  description: Description,
  values: Json,
  seed: { readonly object: string; readonly era: string },
): { readonly value: Json; readonly unknown: readonly string[] } | { readonly fault: string } {
  const places = placesIn(values, []).map(({ path, value }): Place => ({
    path,
    // Numbered secrets are told apart by their numbers, wherever they are.
    seed: /\d/.test(value) && isSecret(value) ? value : `${seed.object} ${seed.era} ${path.join('.')}`,
  }));
  const attempts = places.map(() => 0);
  let fault = '';
  for (let round = 0; round <= MOST_ATTEMPTS; round += 1) {
    let filled = values;
    for (const [index, { path, seed: own }] of places.entries())
      filled = withValue(filled, path, candidate(own, attempts[index] ?? 0)) as Json;
    const settlement = settle(description, filled);
    if (settlement.value !== undefined) {
      const unknown = places.filter(({ path }) => isUnknown(valueAt(values, path)));
      return { value: settlement.value, unknown: unknown.map(({ path }) => path.join('.')) };
    }
    const [first] = settlement.faults;
    fault = first === undefined ? '' : `${first.path.join('.')}: ${first.message}`;
    let isHopeless = true;
    for (const [index, { path }] of places.entries()) {
      if (!settlement.faults.some((each) => touches(each.path, path))) continue;
      attempts[index] = (attempts[index] ?? 0) + 1;
      isHopeless = false;
    }
    if (isHopeless) break;
  }
  return { fault };
}

/** Stands in for a secret that the service chooses: letters and digits. */
export function standInText(seed: string, length: number): string {
  return `a${createHash('sha512').update(seed).digest('hex')}`.slice(0, length);
}

const PEM = `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END PRIVATE KEY-----\n`;
const CANDIDATES: readonly ((seed: string) => unknown)[] = [
  (seed) => standInText(seed, 64),
  (seed) => standInText(seed, 32),
  (seed) => standInText(seed, 16),
  (seed) => `${standInText(seed, 16)}.invalid`,
  (seed) => `/${standInText(seed, 16)}`,
  () => 1,
  () => true,
  () => [],
  () => ({}),
  () => '{}',
  () => PEM,
  () => ['192.0.2.1'],
];
const MOST_ATTEMPTS = CANDIDATES.length;

function candidate(seed: string, attempt: number): unknown {
  return CANDIDATES[attempt]?.(seed);
}

/** Whether a fault is about a place, or about something that it is in. */
function touches(fault: Path, place: Path): boolean {
  const shared = Math.min(fault.length, place.length);
  return fault.slice(0, shared).join('.') === place.slice(0, shared).join('.');
}

function placesIn(value: unknown, path: Path): readonly { readonly path: Path; readonly value: string }[] {
  if (typeof value === 'string') return isUnknown(value) || isSecret(value) ? [{ path, value }] : [];
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => placesIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => placesIn(item, [...path, name]));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? (inner as Json)[step] : undefined),
    value,
  );
}
