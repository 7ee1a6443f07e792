import { fail, type Resources, type SettledOf } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import { fromHeader } from './header-text.ts';
import { queryOf } from './query.ts';

type Definition = SettledOf<Resources['api']>;
type Declaration = Definition['requestParameters'][number];

/** What the wrong value of a parameter is told; undefined for a right one. */
type Check = (value: string) => string | undefined;

/** One declared parameter. */
export interface ParameterPlan {
  readonly name: string;
  readonly location: 'PATH' | 'QUERY' | 'HEADER';
  /** Name by which it is looked up: headers in lower case. */
  readonly key: string;
  /** Which of the path's parameters it is; -1 for other locations. */
  readonly place: number;
  readonly required: boolean;
  readonly check: Check | undefined;
  readonly defaultValue: string | undefined;
  readonly passThrough: boolean;
}

/** The declared parameters of an API. */
export type ParametersPlan = readonly ParameterPlan[];

/** Value of each declared parameter in the order of the plan; undefined when the caller did not send it. */
export type ParameterValues = readonly (string | undefined)[];

const NO_VALUES: ParameterValues = [];

/**
 * Reads the declared parameters of a call and checks them.
 *
 * A parameter that must be there is always asked for; type, range, length and enumeration only if its validation is
 * switched on. Of a repeated query name the first value counts; the lines of a repeated header are joined. Lengths
 * are counted in code points of the decoded value.
 *
 * Source: API reference, "Creating an API" (req_params).
 *
 * @throws `parameterInvalid`
 */
export function readParameters(
  call: Call,
  plan: ParametersPlan,
  pathValues: readonly string[],
): ParameterValues {
  if (plan.length === 0) return NO_VALUES;
  return plan.map((parameter) => {
    const value = readParameter(call, parameter, pathValues);
    const reason = value === undefined ? missing(parameter) : parameter.check?.(value);
    if (reason === undefined) return value;
    throw fail('parameterInvalid', {
      location: parameter.location.toLowerCase(),
      name: parameter.name,
      reason,
    });
  });
}

/** Works out how the declared parameters are read and checked. */
export function compileParameters({ path, requestParameters }: Definition): ParametersPlan {
  const places = [...path.matchAll(/\{([^{}+]+)\+?\}/g)].map((match) => match[1]);
  return requestParameters.map((declaration) => ({
    name: declaration.name,
    location: declaration.location,
    key: declaration.location === 'HEADER' ? declaration.name.toLowerCase() : declaration.name,
    place: declaration.location === 'PATH' ? places.indexOf(declaration.name) : -1,
    required: declaration.required,
    check: declaration.validated ? compileCheck(declaration) : undefined,
    defaultValue: declaration.defaultValue,
    passThrough: declaration.passThrough,
  }));
}

function readParameter(
  call: Call,
  { location, key, place }: ParameterPlan,
  pathValues: readonly string[],
): string | undefined {
  if (location === 'PATH') return pathValues[place];
  if (location === 'QUERY') return queryOf(call).find(({ name }) => name === key)?.value;
  const value = call.headers.joined(key);
  return value === undefined ? undefined : fromHeader(value);
}

function missing({ required }: ParameterPlan): string | undefined {
  return required ? 'required' : undefined;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function compileCheck(declaration: Declaration): Check {
  const { type, minNumber, maxNumber, minLength, maxLength, enumerations } = declaration;
  const allowed = enumerations === undefined ? undefined : new Set(enumerations);
  return (value) => {
    if (type === 'NUMBER') {
      if (!NUMBER.test(value)) return 'number required';
      const number = Number(value);
      if (minNumber !== undefined && number < minNumber) return 'too small';
      if (maxNumber !== undefined && number > maxNumber) return 'too large';
    } else if (minLength !== undefined || maxLength !== undefined) {
      const length = lengthOf(value);
      if (minLength !== undefined && length < minLength) return 'too short';
      // Some clients send 0 for no limit.
      if (maxLength !== undefined && maxLength > 0 && length > maxLength) return 'too long';
    }
    return allowed === undefined || allowed.has(value) ? undefined : 'enum value required';
  };
}

function lengthOf(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; length += 1)
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  return length;
}
