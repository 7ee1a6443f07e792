import type { Resources, SettledOf } from '@apig/sdk/contract';
import { compileLeftBehind, NOT_MAPPABLE } from './forwarded-lines.ts';
import type { MappedValue, MappingPlan, PathPlace, ValueSource } from './mapping.ts';
import type { ParameterPlan, ParametersPlan } from './parameters.ts';
import type { Plan } from './snapshot.ts';
import { systemParameter } from './system-parameters.ts';

type Definition = SettledOf<Resources['api']>;
type BackendParameter = Definition['backendParameters'][number];

/** What the mapping for one backend is made of. */
export interface MappingInput {
  readonly api: Pick<Plan, 'apiId' | 'apiName' | 'stage'>;
  readonly parameters: ParametersPlan;
  /** Names of the API's parameters that stand for the rest of its path. */
  readonly restNames: readonly string[];
  readonly backendParameters: readonly BackendParameter[];
  readonly backendPath: string;
  readonly contentType: string | undefined;
  readonly authentication: Definition['authentication'];
  /** Headers, in lower case, that a signature of the gateway travels in: they are its own then. */
  readonly signatureHeaders: readonly string[];
  /** The header, in lower case, in which apps show who they are, if it is not the usual one. */
  readonly appAuthHeader?: string | undefined;
  /** The header, in lower case, in which apps show tokens that they sign. */
  readonly jwtHeader?: string | undefined;
  /** Whether values of the path are as callers escaped them. */
  readonly keepsEscapes: boolean;
}

/** What the gateway tells that has nothing to do with who calls. */
const OF_GATEWAY: ReadonlySet<string> = new Set(
  ['stage', 'apiId', 'apiName', 'requestId', 'serverAddr', 'serverName', 'handleTime'].map(
    (name) => `$context.${name}`,
  ),
);

/** Works out how calls become requests for one backend. */
export function compileMapping(input: MappingInput): MappingPlan {
  const { parameters, backendParameters, signatureHeaders } = input;
  const path = compilePath(input);
  const query: MappedValue[] = [];
  const headers: MappedValue[] = [];
  const removedQuery = new Set<string>();
  const removedHeaders = new Set(signatureHeaders);
  // `Authorization` is removed with the credentials of apps, where it has them.
  if (input.jwtHeader !== undefined && input.jwtHeader !== 'authorization' && input.authentication === 'APP')
    removedHeaders.add(input.jwtHeader);

  for (const [index, parameter] of parameters.entries()) {
    const isMapped = backendParameters.some(
      (each) => each.origin === 'REQUEST' && indexOfParameter(parameters, each.value) === index,
    );
    if (isMapped || !parameter.passThrough) remove(parameter.location, parameter.key);
    else if (parameter.defaultValue !== undefined) {
      (parameter.location === 'QUERY' ? query : headers).push(defaultOf(parameter, index));
    }
  }
  for (const parameter of backendParameters) {
    const { location, name } = parameter;
    const key = name.toLowerCase();
    if (location === 'QUERY') {
      remove(location, name);
      query.push({ name: encodeURIComponent(name), source: sourceOf(parameter, input) });
    } else if (location === 'HEADER' && !NOT_MAPPABLE.has(key) && !signatureHeaders.includes(key)) {
      remove(location, key);
      headers.push({ name, source: sourceOf(parameter, input) });
    }
  }
  return {
    path,
    fixedPath: path.every((part) => typeof part === 'string') ? path.join('') : undefined,
    query,
    headers,
    removedQuery,
    left: compileLeftBehind(input.authentication, removedHeaders, input.appAuthHeader),
    ofCaller: backendParameters
      .filter(({ origin, value }) => origin === 'SYSTEM' && !OF_GATEWAY.has(value))
      .map((parameter) => sourceOf(parameter, input)),
    contentType: input.contentType,
    keepsEscapes: input.keepsEscapes,
  };

  function remove(location: 'PATH' | 'QUERY' | 'HEADER', key: string): void {
    if (location === 'QUERY') removedQuery.add(key);
    else if (location === 'HEADER') removedHeaders.add(key);
  }
}

function compilePath(input: MappingInput): readonly (string | PathPlace)[] {
  return input.backendPath.split(/(\{[^{}]+\})/).map((part) => {
    const name = /^\{([^{}]+)\}$/.exec(part)?.[1];
    if (name === undefined) return encodeURI(part).replaceAll('%25', '%');
    const parameter = input.backendParameters.find((each) => each.location === 'PATH' && each.name === name);
    const keepsSlashes = parameter?.origin === 'REQUEST' && input.restNames.includes(parameter.value);
    const declared = input.parameters[indexOfParameter(input.parameters, parameter?.value ?? '')];
    return {
      name,
      keepsSlashes,
      isEscaped: input.keepsEscapes && parameter?.origin === 'REQUEST' && declared?.location === 'PATH',
      source: parameter === undefined ? () => undefined : sourceOf(parameter, input),
    };
  });
}

function sourceOf({ origin, value }: BackendParameter, { parameters, api }: MappingInput): ValueSource {
  if (origin === 'CONSTANT') return () => value;
  if (origin === 'SYSTEM') {
    const read = systemParameter(value, api);
    return (call, _, nowMs) => {
      const text = read(call, nowMs);
      return text === '' ? undefined : text;
    };
  }
  const index = indexOfParameter(parameters, value);
  const defaultValue = parameters[index]?.defaultValue;
  return (_, values) => values[index] ?? defaultValue;
}

/** A default stands in for what the caller did not send; what it sent is forwarded as it came. */
function defaultOf({ location, name, defaultValue }: ParameterPlan, index: number): MappedValue {
  return {
    name: location === 'QUERY' ? encodeURIComponent(name) : name,
    source: (_, values) => (values[index] === undefined ? defaultValue : undefined),
  };
}

/** Names are unique in a location only; of equal ones the first is meant. */
function indexOfParameter(parameters: ParametersPlan, name: string): number {
  return parameters.findIndex((parameter) => parameter.name === name);
}
