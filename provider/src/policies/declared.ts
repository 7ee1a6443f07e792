import type { Json, Kind } from '@apig/sdk/contract';
import { typeTokenOf } from '../type-names.ts';

/** Whether a type token is that of a kind. */
export function isKind(kind: Kind, type: string): boolean {
  return type === typeTokenOf(kind);
}

/**
 * A property of a resource; undefined when it is left out, and also when a preview does not know it yet: the library
 * throws for such a value, and would then skip the policy for the whole stack.
 */
export function known(properties: Json, name: string): unknown {
  try {
    return properties[name];
  } catch {
    return undefined;
  }
}

/** The stack that a URN is of. Source: Pulumi's documentation, "Resource names": `urn:pulumi:<stack>::<project>::...`. */
export function stackOf(urn: string): string {
  return urn.split(':', 3)[2] ?? '';
}

/** Whether a text is what a pattern says, in which `*` stands for anything. */
export function matches(text: string, pattern: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(text);
}
