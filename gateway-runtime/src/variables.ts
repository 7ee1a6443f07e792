import type { Bodies } from './store/configuration.ts';

/*
 * Environment variables: `#NAME#` in the address or the path of a backend, several of which may adjoin. Their values are
 * filled in when an API is published for an environment, and anew when one of them changes.
 *
 * Source: user guide, "Creating an Environment and Environment Variable".
 */

type Definition = Bodies['api'];
interface Target {
  readonly address?: string | undefined;
  readonly path: string;
}

/** Variable to value. */
export type VariableValues = Readonly<Record<string, string>>;

const VARIABLE = /#([A-Za-z][\w-]{2,31})#/g;
const ADDRESS = /^[\w.-]+(?::\d{1,5})?$/;

/** The names of the variables that a definition uses, each once. */
export function variablesIn(definition: Definition): readonly string[] {
  const texts = targetsOf(definition).flatMap(({ address = '', path }) => [address, path]);
  return [...new Set(texts.flatMap((text) => [...text.matchAll(VARIABLE)].map((match) => match[1] ?? '')))];
}

/** The definition with the values of its variables. One that has no value stays as it is. */
export function withVariables(definition: Definition, values: VariableValues = {}): Definition {
  if (variablesIn(definition).length === 0) return definition;
  const { httpBackend, httpPolicies } = definition;
  const filled = <T extends Target>(target: T): T => ({
    ...target,
    ...(target.address !== undefined && { address: fill(target.address, values) }),
    path: rooted(fill(target.path, values)),
  });
  return {
    ...definition,
    ...(httpBackend !== undefined && { httpBackend: filled(httpBackend) }),
    httpPolicies: httpPolicies.map(filled),
  };
}

/** Whether every address of a definition is one, and not what a variable made of it. */
export function hasUsableAddresses(definition: Definition): boolean {
  return targetsOf(definition).every(({ address }) => address === undefined || ADDRESS.test(address));
}

function targetsOf({ httpBackend, httpPolicies }: Definition): readonly Target[] {
  return httpBackend === undefined ? httpPolicies : [httpBackend, ...httpPolicies];
}

function fill(text: string, values: VariableValues): string {
  return text.replace(VARIABLE, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

/** A path may begin with a variable, and its value without a slash. */
function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
