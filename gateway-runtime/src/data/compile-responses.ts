import type { Change, Stored } from '../store/configuration.ts';
import { compileResponses } from './gateway-response.ts';
import type { Snapshot } from './snapshot.ts';

type Responses = Snapshot['responses'];

/** The responses after changes of some. A group whose default response nobody changed needs none. */
export function withResponses(
  before: Responses,
  changes: readonly Pick<Change, 'before' | 'after'>[],
): Responses {
  const responses = new Map(before);
  for (const change of changes) {
    const old = change.before as Stored<'gatewayResponse'> | undefined;
    const present = change.after as Stored<'gatewayResponse'> | undefined;
    if (old !== undefined) responses.delete(keyOf(old));
    if (present === undefined) continue;
    const isUsual = Object.keys(present.body.responses).length === 0;
    if (!isUsual || !present.body.isDefault) responses.set(keyOf(present), compileResponses(present.body));
  }
  return responses;
}

function keyOf({ id, body }: Stored<'gatewayResponse'>): string {
  return body.isDefault ? body.groupId : id;
}
