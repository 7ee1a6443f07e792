import { z } from 'zod';

/**
 * A condition of a plug-in's rule: a comparison of a named parameter, or several conditions joined by AND or OR.
 *
 * Written as JSON text: `["name", "op", value]`, or `["AND", condition, …]`. `~=` and `!=` mean "not equal", `~~` that a
 * regular expression is found anywhere in the value, `in` that a comma-separated list has it. Source: user guide,
 * "Configuring a Request Throttling 2.0 Policy" (parameter-based rules).
 */
export type Expression =
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly name: string; readonly op: Operator; readonly value: string };

const OPERATORS = ['==', '~=', '!=', '~~', 'in', '>', '>=', '<', '<='] as const;
/** How an expression compares. */
export type Operator = (typeof OPERATORS)[number];

/** Parses the text of an expression; undefined when it is none. */
export function parseExpression(text: string): Expression | undefined {
  try {
    return toExpression(JSON.parse(text));
  } catch {
    // No JSON: no expression.
    return undefined;
  }
}

/** The names that an expression compares. */
export function namesIn(expression: Expression): readonly string[] {
  if ('name' in expression) return [expression.name];
  return ('all' in expression ? expression.all : expression.any).flatMap(namesIn);
}

/** The text of an expression. */
export const expressionText = (): z.ZodType<string, string> =>
  z.string().refine((text) => parseExpression(text) !== undefined, {
    message: 'expected an expression such as ["name","==","value"]',
  });

function toExpression(value: unknown): Expression | undefined {
  if (!Array.isArray(value)) return undefined;
  const [first, ...rest] = value as readonly unknown[];
  if (first === 'AND' || first === 'OR') {
    const parts = rest.map(toExpression);
    if (parts.length === 0 || !parts.every((part) => part !== undefined)) return undefined;
    return first === 'AND' ? { all: parts } : { any: parts };
  }
  const [op, operand] = rest;
  const operator = OPERATORS.find((each) => each === op);
  if (typeof first !== 'string' || operator === undefined || rest.length !== 2) return undefined;
  if (typeof operand !== 'string' && typeof operand !== 'number') return undefined;
  if (operator === '~~' && !isRegularExpression(String(operand))) return undefined;
  return { name: first, op: operator, value: String(operand) };
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    // The constructor is the only parser of its grammar.
    return false;
  }
}
