import { MAX_DEBUG_MS, type DebugCall, type DebugResult } from '../../debugging.ts';
import type { Timers } from '../../clock.ts';
import type { Account, Identities } from '../../identity.ts';
import type { Call } from '../call.ts';
import { handle } from '../pipeline.ts';
import { createRequestId } from '../request-id.ts';
import type { Services } from '../services.ts';
import { DebugReply } from './debug-reply.ts';
import { toCall, writeRequest } from './debug-request.ts';
import type { DebugScene } from './debug-scene.ts';

/** Makes a debug call: a request that goes through the pipeline like any other, to the real backend. */
export async function runDebugCall(
  debugCall: DebugCall,
  { plan, host, snapshot, ended }: DebugScene,
  services: Services,
  timers: Timers,
): Promise<DebugResult> {
  // Good for this call, and for nobody who reads of it later.
  const token = createRequestId();
  const { text, shown } = writeRequest(debugCall, plan, services.clock.now(), token);
  const reply = new DebugReply(debugCall.method);
  const call = toCall(text, reply, debugCall.secure, host.certificate?.callersCaId);
  const own: Services = {
    ...services,
    identities: withToken(services.identities, token, debugCall.account),
    unrouted: ended,
  };
  handle(call, snapshot, own);
  const isInTime = await within(timers, ended.call);
  const response = reply.text;
  const latencyMs = Math.round(performance.now() - call.startedAt);
  if (!isInTime) reply.leave();
  return { request: shown, response, latencyMs, log: logOf(call, isInTime, latencyMs) };
}

function withToken(identities: Identities, token: string, account: Account): Identities {
  return {
    byAccessKey: (accessKey) => identities.byAccessKey(accessKey),
    byToken: (given) => (given === token ? account : identities.byToken(given)),
  };
}

/** Whether work ends in the time that debug calls have. */
async function within(timers: Timers, work: Promise<void>): Promise<boolean> {
  let cancel: (() => void) | undefined;
  const late = new Promise<boolean>((resolve) => {
    cancel = timers.after(MAX_DEBUG_MS, () => resolve(false));
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    cancel?.();
  }
}

function logOf(call: Call, isInTime: boolean, latencyMs: number): string {
  const { plan, caller, upstream, client } = call;
  return [
    `Request ${call.id} from ${client.text}: ${call.method} ${call.rawPath} on ${call.host}`,
    ...(plan === undefined
      ? ['No API was found.']
      : [
          `API ${plan.apiName} (${plan.apiId}) of group ${plan.groupId} in ${plan.stage}, authentication ${plan.authentication.type}`,
        ]),
    ...(caller.kind === 'app' ? [`Called by app ${caller.app.name} (${caller.app.id})`] : []),
    ...(caller.kind === 'account' ? [`Called by account ${caller.account.domainName}`] : []),
    ...(upstream === undefined ? [] : [backendLine(upstream)]),
    ...(call.errorCode === undefined ? [] : [`Refused or failed: ${call.errorCode}`]),
    isInTime
      ? `Status ${call.status} after ${latencyMs} ms, ${call.reply.bytesSent} bytes`
      : `No complete answer within ${MAX_DEBUG_MS} ms`,
  ].join('\n');
}

function backendLine({
  origin,
  target,
  attempts,
  status,
  latencyMs,
  failure,
}: NonNullable<Call['upstream']>): string {
  const path = target.split('?', 1)[0] ?? '';
  const tried = `Backend ${origin}${path}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  const failed = failure === undefined ? '' : `, last failure: ${failure}`;
  return status === undefined
    ? `${tried}${failed}`
    : `${tried}${failed}, status ${status} after ${Math.round(latencyMs ?? 0)} ms`;
}
