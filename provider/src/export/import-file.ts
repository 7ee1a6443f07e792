import { descriptionOf, fieldsOf, type Json } from '@apig/sdk/contract';
import { IMPORTED } from '../properties.ts';
import { stubOf } from '../stub.ts';
import { typeTokenOf } from '../type-names.ts';
import type { ExportedResource } from './resources.ts';

/** How Pulumi writes that a value is a secret. Source: Pulumi's SDK for Node, `runtime/rpc`. */
const SECRET = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' };

/**
 * The file for `pulumi import --file`. It holds the whole state of each resource, so that the engine takes it over as it is:
 * it asks no dynamic provider to read what it does not know yet. Secrets are in it in clear, marked as secrets.
 */
export function toImportFile(exported: readonly ExportedResource[]): string {
  const resources = exported.map(({ kind, id, name, variable, inputs, outputs }) => {
    const secrets = fieldsOf(descriptionOf(kind).input)
      .filter(({ marks }) => marks.secret)
      .map((field) => field.name);
    const marked = (properties: Json): Json =>
      Object.fromEntries(
        Object.entries({ ...properties, __provider: stubOf(kind) }).map(([field, value]) => [
          field,
          secrets.includes(field) ? { ...SECRET, plaintext: JSON.stringify(value) } : value,
        ]),
      );
    return {
      type: typeTokenOf(kind),
      name: variable,
      logicalName: name,
      id,
      inputs: { ...marked(inputs), [IMPORTED]: true },
      outputs: marked(outputs),
    };
  });
  return `${JSON.stringify({ resources }, undefined, 2)}\n`;
}
