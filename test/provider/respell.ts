import { isIP } from 'node:net';
import type { z } from 'zod';
import { fieldsOf, type Field } from '@apig/sdk/contract';

/** Draws whole numbers from 0 up to, and without, a bound. */
export type Draw = (bound: number) => number;

/**
 * The same value in another spelling, at any depth: keys and lists without order in another order, JSON texts with other
 * blanks, PEM with other line ends, addresses and domains written otherwise.
 */
export function respell(schema: z.ZodType, value: unknown, draw: Draw): unknown {
  if (Array.isArray(value)) {
    const element = 'element' in schema ? (schema.element as z.ZodType) : schema;
    return value.map((item) => respell(element, item, draw));
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = new Map(
    'shape' in schema ? fieldsOf(schema as z.ZodObject).map((field) => [field.name, field]) : [],
  );
  return Object.fromEntries(
    shuffled(Object.entries(value), draw).map(([name, item]) => {
      const field = fields.get(name);
      return [name, field === undefined ? item : respellField(field, item, draw)];
    }),
  );
}

function respellField({ name, inner, marks }: Field, value: unknown, draw: Draw): unknown {
  const spelled = (text: string): string =>
    marks.form === undefined
      ? respellText(text, marks.json === true || name === 'config', draw)
      : respellForm(text, name === 'name', draw);
  if (typeof value === 'string') return spelled(value);
  const other = respell(inner, value, draw);
  if (!marks.set || !Array.isArray(other)) return other;
  const items: readonly unknown[] = other;
  return shuffled(
    items.map((item) => (typeof item === 'string' ? spelled(item) : item)),
    draw,
  );
}

function respellText(text: string, isJson: boolean, draw: Draw): string {
  if (text.startsWith('-----BEGIN '))
    return draw(2) === 0 ? text.replaceAll('\n', '\r\n') : `\n${text.trimEnd()}`;
  if (!isJson || !text.startsWith('{')) return text;
  const value = JSON.parse(text) as object;
  return JSON.stringify(Object.fromEntries(shuffled(Object.entries(value), draw)), null, draw(3));
}

/** An address or a domain in other ways to write it. */
function respellForm(text: string, isDomain: boolean, draw: Draw): string {
  const spellings = [text];
  if (isIP(text) === 4) spellings.push(`${text}/32`, `${text}-${text}`);
  if (isIP(text) === 6) spellings.push(`${text}/128`, text.toUpperCase(), `${text} - ${text}`);
  if (isDomain)
    spellings.push(text.toUpperCase(), text.startsWith('*') ? text : `${text.replace(/\.$/, '')}.`);
  return spellings[draw(spellings.length)] ?? text;
}

function shuffled<T>(items: readonly T[], draw: Draw): T[] {
  return items
    .map((item) => ({ item, weight: draw(1_000_000) }))
    .sort((one, other) => one.weight - other.weight)
    .map(({ item }) => item);
}
