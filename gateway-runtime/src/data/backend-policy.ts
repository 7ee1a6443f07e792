import type { ErrorName, Resources, SettledOf } from '@apig/sdk/contract';
import type { AuthorizerPlan } from './authenticate/authorizer.ts';
import { AddressTable } from './address-table.ts';
import type { Call } from './call.ts';
import { cookieOf } from './cookie.ts';
import type { FunctionPlan } from './function-backend.ts';
import type { MappingPlan } from './mapping.ts';
import type { MockPlan } from './mock.ts';
import type { HttpBackendPlan } from './outbound.ts';
import type { ParametersPlan, ParameterValues } from './parameters.ts';

type Policy = SettledOf<Resources['api']>['httpPolicies'][number];
type Condition = Policy['conditions'][number];

/** Who answers a call. */
export type BackendPlan =
  | UsableBackend
  /** The definition asks for something that is not there; calls fail with that error. */
  | { readonly kind: 'unusable'; readonly error: UnusableError };

/** Somebody who can be asked for an answer. */
export type UsableBackend =
  | (Asking & HttpBackend)
  | (Asking & { readonly kind: 'grpc'; readonly backend: HttpBackend })
  | (Asking & { readonly kind: 'mock'; readonly mock: MockPlan })
  | (Asking & { readonly kind: 'function'; readonly target: FunctionPlan });

/** A backend that is reached by HTTP, and how calls become requests for it. */
export interface HttpBackend {
  readonly kind: 'http';
  readonly http: HttpBackendPlan;
  readonly mapping: MappingPlan;
}

/** A backend that may have an authorizer of its own. */
interface Asking {
  readonly authorizer?: AuthorizerPlan | undefined;
}

/** Errors for backends that cannot be reached at all. */
export type UnusableError = Extract<
  ErrorName,
  'backendMissing' | 'backendSettingsMissing' | 'channelMissing' | 'configurationNotLoadable'
>;

/** The backends of an API: the first whose conditions hold, else the usual one. */
export interface BackendsPlan {
  readonly policies: readonly { readonly holds: Holds; readonly backend: BackendPlan }[];
  readonly usual: BackendPlan;
}

/** Whether a condition, or all that a policy asks for, is given in a call. */
export type Holds = (call: Call, values: ParameterValues) => boolean;

/** Chooses who answers. Source: user guide, "Creating an API" (backend policies). */
export function chooseBackend(
  call: Call,
  { policies, usual }: BackendsPlan,
  values: ParameterValues,
): BackendPlan {
  for (const { holds, backend } of policies) if (holds(call, values)) return backend;
  return usual;
}

/** Works out the conditions of a policy. */
export function compileConditions(
  { effectMode, conditions }: Pick<Policy, 'effectMode' | 'conditions'>,
  parameters: ParametersPlan,
): Holds {
  const compiled = conditions.map((condition) => compileCondition(condition, parameters));
  return effectMode === 'ALL'
    ? (call, values) => compiled.every((holds) => holds(call, values))
    : (call, values) => compiled.some((holds) => holds(call, values));
}

function compileCondition(condition: Condition, parameters: ParametersPlan): Holds {
  switch (condition.origin) {
    case 'source': {
      const table = new AddressTable(condition.value.split(',').map((text) => text.trim()));
      return (call) => table.has(call.client);
    }
    case 'system': {
      const matches = compileMatch(condition);
      return condition.systemParameter === 'req_method' || condition.systemParameter === 'reqMethod'
        ? (call) => matches(call.method)
        : (call) => matches(call.path);
    }
    case 'param': {
      const matches = compileMatch(condition);
      const index = parameters.findIndex(({ name }) => name === condition.requestParameter);
      const defaultValue = parameters[index]?.defaultValue;
      return (_, values) => {
        const value = values[index] ?? defaultValue;
        return value !== undefined && matches(value);
      };
    }
    case 'frontend_authorizer': {
      const matches = compileMatch(condition);
      const key = (condition.authorizerParameter ?? '').replace(/^\$context\.authorizer\.frontend\./, '');
      return ({ context: { frontend = {} } }) => Object.hasOwn(frontend, key) && matches(frontend[key] ?? '');
    }
    case 'cookie': {
      const matches = compileMatch(condition);
      const name = condition.cookie ?? '';
      return (call) => {
        const value = call.features.policiesSeeCookies ? cookieOf(call, name) : undefined;
        return value !== undefined && matches(value);
      };
    }
  }
}

function compileMatch({ type, value }: Condition): (operand: string) => boolean {
  if (type === 'pattern') {
    const regex = new RegExp(`^(?:${value})$`, 'u');
    return (operand) => regex.test(operand);
  }
  if (type === 'enum') {
    const allowed = new Set(value.split(',').map((text) => text.trim()));
    return (operand) => allowed.has(operand);
  }
  return (operand) => operand === value;
}
