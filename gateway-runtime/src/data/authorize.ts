import { fail } from '@apig/sdk/contract';
import type { Caller } from './call.ts';
import type { AuthenticationPlan } from './snapshot.ts';

/** Refuses apps that the API was not opened to in its environment. @throws `appNotAuthorized` */
export function authorize(caller: Caller, { appIds }: AuthenticationPlan): void {
  if (caller.kind === 'app' && !appIds.has(caller.app.id)) throw fail('appNotAuthorized');
}
