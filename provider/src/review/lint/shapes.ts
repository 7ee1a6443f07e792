import type { Json } from '@apig/sdk/contract';
import type { ConfiguredObject } from '../behaviour/configuration.ts';

/** Method, way of matching and path of an API, whatever its parameters are called. */
export function shapeOf(body: Json): string {
  const path = String(body['path']).replace(/\{[^{}+]+(\+?)\}/g, '{$1}');
  return JSON.stringify([body['method'], body['matchMode'], path]);
}

/** Objects with equal keys together, those of a single one left out. */
export function grouped(
  objects: readonly ConfiguredObject[],
  keyOf: (object: ConfiguredObject) => string,
): readonly (readonly ConfiguredObject[])[] {
  const groups = new Map<string, ConfiguredObject[]>();
  for (const object of objects) {
    const key = keyOf(object);
    groups.set(key, [...(groups.get(key) ?? []), object]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
