import type { Stored, StoredKind } from '../../store/configuration.ts';
import type { Draft } from '../../store/draft.ts';

/** Kinds of objects that an API has in an environment. */
const TIES = [
  'apiVersion',
  'publication',
  'throttleBinding',
  'aclBinding',
  'signatureBinding',
  'pluginAttachment',
  'appAuthorization',
] as const satisfies readonly StoredKind[];

/** Removes what an API has in any environment: its versions, and what is bound to it. */
export function removeTiesOfApi(apiId: string, draft: Draft): void {
  for (const kind of TIES) for (const tie of draft.by(kind, 'apiId', apiId)) draft.remove(tie);
}

/** Removes what the APIs of a gateway have in an environment, and the variables that have a value there. */
export function removeTiesInEnvironment({ id, body }: Stored<'environment'>, draft: Draft): void {
  for (const kind of TIES) {
    for (const tie of draft.by(kind, 'gatewayId', body.gatewayId)) {
      if (tie.body.environmentId === id) draft.remove(tie);
    }
  }
  for (const variable of draft.by('environmentVariable', 'gatewayId', body.gatewayId)) {
    if (variable.body.environmentId === id) draft.remove(variable);
  }
}
