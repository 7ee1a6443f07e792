import { settle, surplusOf, type Description, type Json } from '@apig/sdk/contract';
import { holdsUnknown, isUnknown, UNKNOWN } from './unknown.ts';

/** One argument that is wrong, as the engine shows it. */
export interface CheckFailure {
  /** For example `httpBackend.timeoutMs` or `requestParameters[0].name`. */
  readonly property: string;
  /** What was expected; never the value found, which may be a secret. */
  readonly reason: string;
}

/** The inputs with everything that is known of them filled in, or what is wrong with them. */
export interface CheckResult {
  readonly inputs: Json;
  readonly failures: CheckFailure[];
}

type Path = readonly (string | number)[];

/** Checks a program's arguments for a kind. Values that a preview does not know yet pass. */
export function check(description: Description, args: Json): CheckResult {
  const given = present(args) as Json;
  const surplus = surplusOf(description.input, given).map(({ path, near }) => {
    const hint = near === undefined ? '' : `: did you mean ${near}?`;
    return { path, message: `no such argument${hint}` };
  });
  const settlement = settle(description, given, isUnknown);
  const faults = [...surplus, ...settlement.faults];
  if (settlement.value === undefined || faults.length > 0) {
    return { inputs: given, failures: faults.map(toFailure) };
  }
  return { inputs: { ...settlement.value, ...computed(description, settlement.value) }, failures: [] };
}

/** Computed outputs are made inputs, so that a preview knows them and others can depend on them. */
function computed(description: Description, value: Json): Json {
  return Object.fromEntries(
    Object.entries(description.computed ?? {}).map(([name, output]) => [
      name,
      output.on.some((field) => holdsUnknown(value[field])) ? UNKNOWN : output.from(value),
    ]),
  );
}

/** What was really given: programs write null and undefined for what they leave out. */
function present(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, item]) => item !== undefined && item !== null && !name.startsWith('__'))
      .map(([name, item]) => [name, present(item)]),
  );
}

function toFailure({ path, message }: { readonly path: Path; readonly message: string }): CheckFailure {
  return { property: toProperty(path), reason: message };
}

function toProperty(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_]\w*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}
