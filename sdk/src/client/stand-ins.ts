import type { Description } from '../describe.ts';
import { fieldsOf } from '../fields.ts';
import type { Json } from '../wire.ts';
import { idOf } from './answer-fields.ts';
import { ifPresent } from './answers.ts';
import { readAll } from './pages.ts';
import { fillPath } from './paths.ts';
import type { Transport } from './transport.ts';

/** Takes out of an answer the ID that the service shows in the place of one that was left out. */
export type HideStandIn = (
  description: Description,
  body: Json,
  parents: Json,
  signal: AbortSignal | undefined,
) => Promise<Json>;

/** Prepares it. Which object stands in never changes below one parent, so it is asked for once. */
export function createStandIns(transport: Transport): HideStandIn {
  const known = new Map<string, Promise<string | undefined>>();

  async function standIn(
    path: string,
    listKey: string,
    flag: string,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const rows = await ifPresent(readAll(transport, path, listKey, {}, signal));
    const found = rows?.find((row) => row[flag] === true);
    return found === undefined ? undefined : idOf(found, 'id');
  }

  return async (description, body, parents, signal) => {
    const { operations, input } = description;
    const shown = operations.shape === 'collection' ? operations.standIn : undefined;
    if (shown === undefined) return body;
    const ids = fieldsOf(input).map(({ name, wire }) => [name, body[wire]] as const);
    const { wire } = fieldsOf(input).find(({ name }) => name === shown.field) ?? { wire: '' };
    if (typeof body[wire] !== 'string' || body[wire] === '') return body;
    const path = fillPath(shown.path, { ...Object.fromEntries(ids), ...parents });
    const asked = known.get(path) ?? standIn(path, shown.listKey, shown.flag, signal);
    known.set(path, asked);
    try {
      return (await asked) === body[wire] ? { ...body, [wire]: undefined } : body;
    } catch (error) {
      known.delete(path);
      throw error;
    }
  };
}
