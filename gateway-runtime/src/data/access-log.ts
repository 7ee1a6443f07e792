import type { Log } from '../observe/log.ts';
import type { RefusedRequest } from './listener.ts';
import type { Call } from './call.ts';
import { customData } from './custom-log.ts';
import { turnTime } from './http1/turn.ts';

/** Codes of refused limits, which the log tells from other errors. */
const THROTTLED = 'APIG.0308';

/**
 * Writes one line about a call. Queries are left out, since they may hold secrets; of headers only what the gateway
 * itself understood appears.
 *
 * Source: user guide, "Log Analysis" (fields of access logs).
 */
export function logCall(call: Call, log: Log): void {
  if (!log.isLevelEnabled('info')) return;
  const { plan, caller, upstream, connection, reply } = call;
  log.info(
    {
      request_id: call.id,
      remote_addr: call.client.text,
      method: call.method,
      scheme: connection.secure ? 'https' : 'http',
      host: call.host,
      router_uri: call.rawPath,
      status: reply.isGone ? 499 : call.status,
      bytes_sent: reply.bytesSent,
      request_time: Math.round(turnTime() - call.startedAt),
      errorType: call.errorCode === THROTTLED ? 1 : 0,
      response_source: upstream?.status === undefined || call.errorCode !== undefined ? 'local' : 'remote',
      ...(call.errorCode !== undefined && { apig_err_code: call.errorCode }),
      ...(plan !== undefined && {
        api_id: plan.apiId,
        api_name: plan.apiName,
        group_id: plan.groupId,
        stage: plan.stage,
        auth_type: plan.authentication.type,
      }),
      ...(caller.kind === 'app' && { app_id: caller.app.id, app_name: caller.app.name }),
      ...(caller.kind === 'account' && { user_id: caller.account.projectId }),
      ...(call.cache !== undefined && { cache: call.cache }),
      ...(call.features.customLog.length > 0 && customData(call)),
      ...(upstream !== undefined && {
        upstream_addr: upstream.origin,
        upstream_uri: pathOf(upstream.target),
        upstream_status: upstream.status,
        upstream_time: upstream.latencyMs === undefined ? undefined : Math.round(upstream.latencyMs),
        upstream_attempts: upstream.attempts,
        upstream_failure: upstream.failure,
      }),
    },
    'call',
  );
}

/**
 * Writes the line of a request that never became a call. Nothing that it said is in it: it was not understood.
 */
export function logRefusal(
  { id, status, errorCode, fault, isSecure, address }: RefusedRequest,
  log: Log,
): void {
  if (!log.isLevelEnabled('info')) return;
  log.info(
    {
      request_id: id,
      ...(address !== undefined && { remote_addr: address }),
      scheme: isSecure ? 'https' : 'http',
      status,
      errorType: 0,
      response_source: 'local',
      apig_err_code: errorCode,
      fault,
    },
    'call',
  );
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}
