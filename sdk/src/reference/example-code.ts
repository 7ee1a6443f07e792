import { z } from 'zod';
import { fieldsOf } from '../fields.ts';
import { descriptionOf, type Kind } from '../resources/index.ts';
import type { Json } from '../wire.ts';
import { exampleOf, isOutput } from './example.ts';

/** A Pulumi program's lines that create an object of a kind. The objects that it refers to are variables of their kind's name. */
export function exampleCode(kind: Kind, className: string): string {
  const value = exampleOf(kind);
  const body = objectInCode(descriptionOf(kind).input, value, '');
  return `const ${kind} = new apig.${className}('orders', ${body});`;
}

function objectInCode(schema: z.ZodObject, value: Json, indent: string): string {
  const lines = fieldsOf(schema)
    .filter(({ name }) => value[name] !== undefined)
    .map(({ name, inner, marks }) => {
      // Whoever copies an example must not learn to write secrets into a program.
      const text = marks.secret
        ? `config.requireSecret('${name}')`
        : marks.writeOnly
          ? `config.require('${name}')`
          : inCode(inner, value[name], `${indent}  `);
      return `${indent}  ${name}: ${text},\n`;
    });
  return `{\n${lines.join('')}${indent}}`;
}

function inCode(schema: z.ZodType, value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    const element = schema instanceof z.ZodArray ? (schema.element as z.ZodType) : z.unknown();
    return `[${value.map((item: unknown) => inCode(element, item, indent)).join(', ')}]`;
  }
  if (schema instanceof z.ZodObject) return objectInCode(schema, value as Json, indent);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([name, item]) => `${toKey(name)}: ${inCode(z.unknown(), item, indent)}`,
    );
    return `{ ${entries.join(', ')} }`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  return isOutput(value) ? value : inQuotes(value);
}

function toKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : inQuotes(name);
}

function inQuotes(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;
}
