import { parseExpression, type Expression } from '@apig/sdk/contract';
import type { Call } from '../call.ts';
import { fromHeader } from '../header-text.ts';
import { queryOf } from '../query.ts';
import type { Plan } from '../snapshot.ts';
import { systemParameter } from '../system-parameters.ts';

/** The value of a name in what is judged; undefined when it has none. */
export type Operand<T> = (subject: T) => string | undefined;

/** A parameter that rules of a plug-in compare. */
export interface RuleParameter {
  readonly name: string;
  readonly type: 'path' | 'method' | 'header' | 'query' | 'system';
  readonly value?: string | undefined;
}

/**
 * Works out whether an expression holds. A name without a value makes every comparison false but "not equal". Numbers
 * are compared as numbers.
 */
export function compileExpression<T>(
  expression: Expression,
  operandOf: (name: string) => Operand<T>,
): (subject: T) => boolean {
  if ('all' in expression) {
    const parts = expression.all.map((each) => compileExpression(each, operandOf));
    return (subject) => parts.every((part) => part(subject));
  }
  if ('any' in expression) {
    const parts = expression.any.map((each) => compileExpression(each, operandOf));
    return (subject) => parts.some((part) => part(subject));
  }
  const { name, op, value } = expression;
  const operand = operandOf(name);
  const compare = comparison(op, value);
  const isUnequal = op === '~=' || op === '!=';
  return (subject) => {
    const found = operand(subject);
    return found === undefined ? isUnequal : compare(found);
  };
}

/** Works out a rule about calls from its text. */
export function compileCallRule(
  text: string,
  parameters: readonly RuleParameter[] | null | undefined,
  plan: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
): (call: Call) => boolean {
  const expression = parseExpression(text);
  if (expression === undefined) return () => false;
  return compileExpression<Call>(expression, (name) => {
    const parameter = parameters?.find((each) => each.name === name) ?? BUILT_IN.get(name);
    return parameter === undefined ? () => undefined : callOperand(parameter, plan);
  });
}

/** Offered without being named. */
const BUILT_IN: ReadonlyMap<string, RuleParameter> = new Map([
  ['reqPath', { name: 'reqPath', type: 'path' }],
  ['method', { name: 'method', type: 'method' }],
]);

function callOperand(
  { name, type, value = name }: RuleParameter,
  plan: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
): Operand<Call> {
  switch (type) {
    case 'path':
      return (call) => call.path;
    case 'method':
      return (call) => call.method;
    case 'header': {
      const key = value.toLowerCase();
      return (call) => {
        const text = call.headers.joined(key);
        return text === undefined ? undefined : fromHeader(text);
      };
    }
    case 'query':
      return (call) => queryOf(call).find((piece) => piece.name === value)?.value;
    case 'system': {
      const read = systemParameter(value.startsWith('$context.') ? value : `$context.${value}`, plan);
      return (call) => {
        const text = read(call, 0);
        return text === '' ? undefined : text;
      };
    }
  }
}

function comparison(op: string, value: string): (found: string) => boolean {
  switch (op) {
    case '==':
      return (found) => found === value;
    case '~=':
    case '!=':
      return (found) => found !== value;
    case '~~': {
      const regex = new RegExp(value, 'u');
      return (found) => regex.test(found);
    }
    case 'in': {
      const items = new Set(value.split(',').map((item) => item.trim()));
      return (found) => items.has(found);
    }
    case '>':
      return (found) => Number(found) > Number(value);
    case '>=':
      return (found) => Number(found) >= Number(value);
    case '<':
      return (found) => Number(found) < Number(value);
    default:
      return (found) => Number(found) <= Number(value);
  }
}
