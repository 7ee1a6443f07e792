import { z } from 'zod';
import { descriptionOf, fieldsOf, type Field, type Json, type Kind } from '@apig/sdk/contract';
import { diff, isSame } from '../diff.ts';
import { holdsUnknown, isUnknown } from '../unknown.ts';
import { isSecret } from './hidden.ts';
import type { FieldChange } from './model.ts';
import type { Step } from './plan.ts';
import { showBoth, showValue } from './texts.ts';

/** Says what a resource is called that an ID stands for. */
export type Naming = (id: unknown) => string | undefined;

/**
 * The fields of a resource that have another value, down to the single value: what means the same is the same, and what
 * the service adds is no change. Of what is created, what was asked for; of what is deleted, nothing.
 */
export function changedFields(step: Step, naming: Naming = () => undefined): readonly FieldChange[] {
  const { kind, operation, before, after, reasons } = step;
  if (operation === 'same' || operation === 'read' || after === undefined) return [];
  const found =
    kind === undefined
      ? compareJson(before?.inputs, after.inputs, '')
      : before === undefined
        ? createdFields(kind, after.inputs)
        : describedFields(kind, before.outputs, after.inputs);
  const replacing = new Set([...reasons, ...replacingFields(step)]);
  const changes = found.map(({ path, before: old, after: now, kind: how }): FieldChange => {
    const secret = holdsSecret(old) || holdsSecret(now) || how === 'secret';
    const shown = secret ? NOTHING : show(old, now, how, naming);
    return { path, ...shown, secret, replaces: operation === 'replace' && replacing.has(topOf(path)) };
  });
  return [...changes, ...unseen(step, changes)];
}

/**
 * Secret fields of an object that is updated or replaced, and of which Pulumi hides both values: they may have changed.
 * None when no other field explains the update, since then it is they that have.
 */
export function undecidedSecrets(step: Step): readonly string[] {
  const { operation, kind, before, after } = step;
  if (operation !== 'update' && operation !== 'replace') return [];
  if (kind === undefined || before === undefined || after === undefined) return [];
  if (describedFields(kind, before.outputs, after.inputs).length === 0) return [];
  return hiddenIn(before.outputs, after.inputs);
}

/** A value at a path that differs. */
interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly kind: 'value' | 'set' | 'secret';
}

const NOTHING = { before: undefined, after: undefined };

function show(
  before: unknown,
  after: unknown,
  kind: Difference['kind'],
  naming: Naming,
): Pick<FieldChange, 'before' | 'after'> {
  const named = (value: unknown): unknown => naming(value) ?? value;
  if (kind !== 'set') return showBoth(named(before), named(after));
  const [old, now] = [listOf(before), listOf(after)];
  const keys = (list: readonly unknown[]) => new Set(list.map((item) => JSON.stringify(item)));
  const [had, has] = [keys(old), keys(now)];
  const removed = old.filter((item) => !has.has(JSON.stringify(item)));
  const added = now.filter((item) => isUnknown(item) || !had.has(JSON.stringify(item)));
  return { before: entries('− ', removed.map(named)), after: entries('+ ', added.map(named)) };
}

/** Most entries of a set that are listed. */
const MOST_ENTRIES = 20;

function entries(sign: string, list: readonly unknown[]): string | undefined {
  if (list.length === 0) return undefined;
  const shown = list.slice(0, MOST_ENTRIES).map((item) => showValue(item) ?? '');
  const rest = list.length - shown.length;
  return sign + shown.join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}

/** An update that shows no change is one of secrets, of which Pulumi hides both values. */
function unseen({ operation, before, after }: Step, changes: readonly FieldChange[]): readonly FieldChange[] {
  if (changes.length > 0 || before === undefined || after === undefined) return [];
  if (operation !== 'update' && operation !== 'replace') return [];
  return hiddenIn(before.outputs, after.inputs).map((path) => ({
    path,
    ...NOTHING,
    secret: true,
    replaces: false,
  }));
}

function hiddenIn(before: Json, after: Json): readonly string[] {
  return Object.keys(after).filter((name) => holdsSecret(after[name]) && holdsSecret(before[name]));
}

function replacingFields({ kind, before, after, operation }: Step): readonly string[] {
  if (operation !== 'replace' || kind === undefined || before === undefined || after === undefined) return [];
  return diff(descriptionOf(kind), before.outputs, after.inputs).replaces;
}

function describedFields(kind: Kind, before: Json, after: Json): readonly Difference[] {
  const description = descriptionOf(kind);
  const fields = new Map(fieldsOf(description.input).map((field) => [field.name, field]));
  return diff(description, before, after).changed.flatMap(({ name, before: old, after: now }) => {
    const field = fields.get(name);
    // Outputs that follow from the input say nothing that the input does not say.
    return field === undefined ? [] : compareField(field, old, now, name);
  });
}

/** What was asked for, without what is default anyway. */
function createdFields(kind: Kind, inputs: Json): readonly Difference[] {
  return fieldsOf(descriptionOf(kind).input)
    .filter((field) => inputs[field.name] !== undefined && !isSame(field, undefined, inputs[field.name]))
    .flatMap((field) => compareField(field, undefined, inputs[field.name], field.name));
}

function compareField(field: Field, before: unknown, after: unknown, path: string): readonly Difference[] {
  const { inner, marks } = field;
  if (marks.secret) return [{ path, before, after, kind: 'secret' }];
  if (!holdsUnknown(after) && isSame(field, before, after)) return [];
  if (marks.json && typeof after === 'string') {
    const [old, now] = [parsed(before), parsed(after)];
    if (typeof now === 'object' && now !== null) return compareJson(old, now, path);
  }
  if (marks.set) return [{ path, before, after, kind: 'set' }];
  return compareSchema(inner, before, after, path);
}

function compareSchema(
  schema: z.ZodType,
  before: unknown,
  after: unknown,
  path: string,
): readonly Difference[] {
  if (schema instanceof z.ZodObject && (isObject(before) || isObject(after))) {
    if (!isAbsentOrObject(before) || !isAbsentOrObject(after))
      return [{ path, before, after, kind: 'value' }];
    if (isObject(before) && after === undefined) return [{ path, before, after, kind: 'value' }];
    return fieldsOf(schema).flatMap((field) => {
      const [old, now] = [before?.[field.name], after?.[field.name]];
      return old === undefined && now === undefined
        ? []
        : compareField(field, old, now, below(path, field.name));
    });
  }
  if (
    schema instanceof z.ZodArray &&
    Array.isArray(after) &&
    (before === undefined || Array.isArray(before))
  ) {
    const element = schema.element as z.ZodType;
    return compareLists(before ?? [], after, path, (old, now, at) => compareSchema(element, old, now, at));
  }
  return compareJson(before, after, path);
}

type Compare = (before: unknown, after: unknown, path: string) => readonly Difference[];

/** Items that have names are known by them; others by their position. */
function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  compare: Compare,
): readonly Difference[] {
  const [old, now] = [keyed(before), keyed(after)];
  if (old === undefined || now === undefined) return byPosition(before, after, path, compare);
  const keys = [...new Set([...old.keys(), ...now.keys()])];
  const found = keys.flatMap((key) => compare(old.get(key), now.get(key), `${path}[${key}]`));
  const common = (list: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
    [...list.keys()].filter((key) => other.has(key)).join(', ');
  const [first, second] = [common(old, now), common(now, old)];
  return first === second ? found : [...found, { path, before: first, after: second, kind: 'value' }];
}

function byPosition(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  compare: Compare,
): readonly Difference[] {
  if (![...before, ...after].every(isObject))
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after, kind: 'value' }];
  const count = Math.max(before.length, after.length);
  return Array.from({ length: count }, (_, at) =>
    compare(before[at], after[at], `${path}[${String(at)}]`),
  ).flat();
}

function keyed(list: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  for (const names of [['name'], ['key'], ['location', 'name']]) {
    const keys = list.map((item) =>
      isObject(item) && names.every((name) => typeof item[name] === 'string')
        ? names.map((name) => String(item[name])).join(' ')
        : undefined,
    );
    if (!keys.includes(undefined) && new Set(keys).size === keys.length)
      return new Map(list.map((item, at) => [keys[at] ?? '', item]));
  }
  return undefined;
}

/** Compares values of which nothing is known but what they are. */
function compareJson(before: unknown, after: unknown, path: string): readonly Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after) && !isUnknown(after)) return [];
  if (isAbsentOrObject(before) && isAbsentOrObject(after) && (after !== undefined || path === '')) {
    const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
    if (names.length > 0 || path === '')
      return names.flatMap((name) => compareJson(before?.[name], after?.[name], below(path, name)));
  }
  if (Array.isArray(after) && Array.isArray(before)) return compareLists(before, after, path, compareJson);
  return [{ path, before, after, kind: 'value' }];
}

function holdsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsentOrObject(value: unknown): value is Json | undefined {
  return value === undefined || isObject(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function topOf(path: string): string {
  return /^[^.[]*/.exec(path)?.[0] ?? path;
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    // A text that is no JSON is compared as a text.
    return value;
  }
}
