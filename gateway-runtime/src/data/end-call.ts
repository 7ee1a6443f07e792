import { logCall } from './access-log.ts';
import { CallerGone, type Call } from './call.ts';
import { DependsOn } from './explain/trial.ts';
import { sendGatewayResponse, toCallError } from './gateway-response.ts';
import { noteOutcome } from './plugins/breaker.ts';
import type { Services } from './services.ts';

/**
 * Ends a call, once: answers it if something has kept it from its answer, and notes what came of it. Never throws, as
 * nobody is left who could do something about it.
 *
 * @param error what kept it; undefined for a call that was answered
 */
export function endCall(call: Call, services: Services, error?: unknown): void {
  const { trial } = call;
  try {
    if (call.circuit !== undefined && trial === undefined)
      noteOutcome(call, call.circuit, services.clock, error);
    // Whoever hung up is told nothing.
    if (error instanceof CallerGone) call.reply.abort();
    else if (error !== undefined && !(error instanceof DependsOn)) answerError(call, error, services);
  } catch (failure) {
    services.log.error({ requestId: call.id, err: failure }, 'a call could not be answered');
    call.reply.abort();
  }
  if (trial !== undefined) {
    trial.end(error);
    return;
  }
  call.lease?.end();
  (call.plan?.counts ?? services.unrouted).note(call, call.nowMs);
  logCall(call, services.log);
}

/** Ends a call when work for it has ended that answers it. */
export function endAfter(work: Promise<void>, call: Call, services: Services): void {
  work.then(
    () => endCall(call, services),
    (error: unknown) => endCall(call, services, error),
  );
}

function answerError(call: Call, error: unknown, { log }: Services): void {
  const known = toCallError(error);
  if (known.name === 'internal')
    log.error({ requestId: call.id, err: known.cause }, 'a call failed unexpectedly');
  sendGatewayResponse(call, known);
}
