import type { Kind } from '@apig/sdk/contract';

/**
 * The text from which the engine's Node process makes the provider of a resource.
 *
 * It is stored twice in the state of every resource, and is run from there as long as the resource exists, also by later
 * versions of this package. Hence it is short, holds no code of its own, and names a door that stays: what runs is what
 * is installed beside the program.
 */
export function stubOf(kind: Kind): string {
  return `exports.handler=()=>require("@apig/provider/lifecycle").provider("${kind}")`;
}
