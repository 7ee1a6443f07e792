import { fail, isApigError, parseExpression, type Downgrade, type PluginContent } from '@apig/sdk/contract';
import type { Clock } from '../../clock.ts';
import type { BackendPlan } from '../backend-policy.ts';
import type { Call } from '../call.ts';
import { isBackendFailure } from '../backend-failure.ts';
import type { Plan } from '../snapshot.ts';
import type { CallOutcome, Circuit, Circuits, CircuitSettings } from './circuits.ts';
import { compileCallRule, compileExpression } from './expression.ts';

type Content = PluginContent<'breaker'>;
type Condition = Content['breaker_condition'];

/** The circuits between an API and its backend. */
export interface BreakerPlan {
  /** The first one whose rule holds is that of a call. */
  readonly rules: readonly (CircuitPlan & { readonly holds: (call: Call) => boolean })[];
  readonly usual: CircuitPlan;
}

/** One circuit. */
export interface CircuitPlan {
  readonly circuit: Circuit;
  /** Who answers a call while the circuit is open; undefined refuses it. */
  readonly downgrade: DowngradePlan | undefined;
}

/** Another backend, or the usual one with header lines that tell it what is going on. */
type DowngradePlan =
  { readonly backend: BackendPlan } | { readonly backend: undefined; readonly lines: readonly string[] };

/** Works out the backend of a downgrade that has one of its own; undefined when calls of the API cannot be given one. */
export type CompileDowngrade = (downgrade: Downgrade) => BackendPlan | undefined;

/** Works out a plug-in of type `breaker`. Source: user guide, "Configuring a Circuit Breaker Policy". */
export function compileBreaker(
  content: Content,
  circuits: Circuits,
  key: string,
  plan: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
  toBackend: CompileDowngrade,
): BreakerPlan {
  const { breaker_condition, downgrade_default, downgrade_parameters, downgrade_rules } = content;
  return {
    usual: {
      circuit: circuits.get(key, settingsOf(breaker_condition)),
      downgrade: compileDowngrade(downgrade_default, toBackend),
    },
    rules: (downgrade_rules ?? []).map((rule, index) => ({
      holds: compileCallRule(rule.match_regex, downgrade_parameters, plan),
      circuit: circuits.get(`${key}/${index}`, settingsOf(rule.breaker_condition ?? breaker_condition)),
      downgrade: compileDowngrade(rule.downgrade_backend ?? downgrade_default, toBackend),
    })),
  };
}

/** The circuit of a call. */
export function circuitOf(call: Call, { rules, usual }: BreakerPlan): CircuitPlan {
  return rules.find(({ holds }) => holds(call)) ?? usual;
}

/**
 * Who answers a call: its backend while the circuit to it is closed, and what the downgrade says while it is open.
 *
 * @throws `circuitOpen` while the circuit is open and has no downgrade
 */
export function backendThrough(
  call: Call,
  circuit: CircuitPlan,
  usual: BackendPlan,
  clock: Clock,
): BackendPlan {
  if (!circuit.circuit.isOpen(clock.now())) {
    call.circuit = circuit;
    return usual;
  }
  const { downgrade } = circuit;
  if (downgrade === undefined) throw fail('circuitOpen');
  if (downgrade.backend !== undefined) return downgrade.backend;
  call.carried = [...call.carried, ...downgrade.lines];
  return usual;
}

/** The backends that circuits lead to while they are open. */
export function downgradesOf({ rules, usual }: BreakerPlan): readonly BackendPlan[] {
  return [usual, ...rules].map(({ downgrade }) => downgrade?.backend).filter((each) => each !== undefined);
}

/** Notes what came of a call that went through a circuit: an answer, or what the backend failed with. */
export function noteOutcome(call: Call, { circuit }: CircuitPlan, clock: Clock, error: unknown): void {
  // What the gateway refuses, and a caller that hangs up, say nothing of the backend.
  if (error === undefined || isBackendFailure(error)) circuit.note(outcomeOf(call, error), clock.now());
}

function outcomeOf({ status, upstream }: Call, error: unknown): CallOutcome {
  return {
    status: isApigError(error) ? error.status : status,
    responseMs: upstream?.latencyMs,
    isTimeout: isApigError(error) && error.name === 'backendTimeout',
  };
}

function settingsOf(condition: Condition): CircuitSettings {
  const { breaker_type: type, breaker_mode: mode, unhealthy_condition: text } = condition;
  const expression = type === 'condition' && typeof text === 'string' ? parseExpression(text) : undefined;
  const isUnhealthy =
    expression === undefined
      ? ({ isTimeout }: CallOutcome) => isTimeout
      : compileExpression<CallOutcome>(expression, (name) => {
          if (name === '$context.statusCode') return ({ status }) => String(status);
          if (name === '$context.backendResponseTime')
            return ({ responseMs }) => (responseMs === undefined ? undefined : String(responseMs));
          return () => undefined;
        });
  return {
    isUnhealthy,
    windowMs: condition.time_window * 1000,
    openMs: condition.open_breaker_time * 1000,
    ...(mode === 'counter'
      ? { threshold: condition.unhealthy_threshold ?? 1 }
      : { percentage: condition.unhealthy_percentage ?? 100, minCalls: condition.min_call_threshold ?? 1 }),
  };
}

function compileDowngrade(
  downgrade: Content['downgrade_default'],
  toBackend: CompileDowngrade,
): DowngradePlan | undefined {
  if (downgrade === null || downgrade === undefined) return undefined;
  if (downgrade.type !== 'passthrough') {
    const backend = toBackend(downgrade);
    return backend && { backend };
  }
  const lines = (downgrade.passthrough_infos ?? []).flatMap(({ name, value }) => [name, value]);
  return { backend: undefined, lines };
}
