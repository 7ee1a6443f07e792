import { hostname } from 'node:os';
import { formatSdkDate } from '@apig/sdk/signer';
import type { Call } from './call.ts';
import type { Plan } from './snapshot.ts';

/** What the gateway knows of a call under a name; the empty text when it knows nothing. */
export type SystemParameter = (call: Call, nowMs: number) => string;

type PlanPart = Pick<Plan, 'apiId' | 'apiName' | 'stage'>;

/**
 * The values that a backend may be sent under their names, such as `$context.sourceIp`. Names without a value stand
 * for nothing.
 *
 * Source: API reference, "Creating an API" (backend_params, system parameters).
 */
export function systemParameter(name: string, { apiId, apiName, stage }: PlanPart): SystemParameter {
  switch (name) {
    case '$context.sourceIp':
      return (call) => call.client.text;
    case '$context.stage':
      return () => stage;
    case '$context.apiId':
      return () => apiId;
    case '$context.apiName':
      return () => apiName;
    case '$context.appId':
      return ({ caller }) => (caller.kind === 'app' ? caller.app.id : '');
    case '$context.appName':
      return ({ caller }) => (caller.kind === 'app' ? caller.app.name : '');
    case '$context.requestId':
      return (call) => call.id;
    case '$context.serverAddr':
      return (call) => call.connection.localAddress;
    case '$context.serverName':
      return () => SERVER_NAME;
    case '$context.handleTime':
      return (_, nowMs) => formatSdkDate(nowMs);
    default:
      return authorizerParameter(name);
  }
}

/** What an authorizer said of the caller under a key. */
function authorizerParameter(name: string): SystemParameter {
  const [, side, key = ''] = /^\$context\.authorizer\.(frontend|backend)\.(.+)$/.exec(name) ?? [];
  if (side !== 'frontend' && side !== 'backend') return () => '';
  return ({ context }) => {
    const values = context[side];
    return values !== undefined && Object.hasOwn(values, key) ? (values[key] ?? '') : '';
  };
}

const SERVER_NAME = hostname();
