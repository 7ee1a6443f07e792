import { fail, isApigError, parseExpression, type PluginContent } from '@apig/sdk/contract';
import type { Clock } from '../../clock.ts';
import type { Call } from '../call.ts';
import { compileMock, sendMock, type MockPlan } from '../mock.ts';
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
  /** What a call is answered while the circuit is open; undefined refuses it. */
  readonly downgrade: MockPlan | undefined;
}

/** Works out a plug-in of type `breaker`. Source: user guide, "Configuring a Circuit Breaker Policy". */
export function compileBreaker(
  content: Content,
  circuits: Circuits,
  key: string,
  plan: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
): BreakerPlan {
  const { breaker_condition, downgrade_default, downgrade_parameters, downgrade_rules } = content;
  return {
    usual: {
      circuit: circuits.get(key, settingsOf(breaker_condition)),
      downgrade: mockOf(downgrade_default),
    },
    rules: (downgrade_rules ?? []).map((rule, index) => ({
      holds: compileCallRule(rule.match_regex, downgrade_parameters, plan),
      circuit: circuits.get(`${key}/${index}`, settingsOf(rule.breaker_condition ?? breaker_condition)),
      downgrade: mockOf(rule.downgrade_backend ?? downgrade_default),
    })),
  };
}

/** The circuit of a call. */
export function circuitOf(call: Call, { rules, usual }: BreakerPlan): CircuitPlan {
  return rules.find(({ holds }) => holds(call)) ?? usual;
}

/**
 * Answers a call in the place of its backend while the circuit to it is open.
 *
 * @returns whether the call is answered
 * @throws `circuitOpen` while the circuit is open and has no other answer
 */
export function answerInsteadOfBackend(
  call: Call,
  { circuit, downgrade }: CircuitPlan,
  clock: Clock,
): boolean {
  if (!circuit.isOpen(clock.now())) return false;
  if (downgrade === undefined) throw fail('circuitOpen');
  sendMock(call, downgrade);
  return true;
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

function mockOf(downgrade: Content['downgrade_default']): MockPlan | undefined {
  if (downgrade === null || downgrade === undefined) return undefined;
  const { status_code: statusCode, result_content: result, headers } = downgrade.mock_info;
  return compileMock({ statusCode, result, headers: headers ?? undefined }, false);
}
