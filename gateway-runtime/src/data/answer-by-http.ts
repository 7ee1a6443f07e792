import type { HttpBackend } from './backend-policy.ts';
import { toBackendError } from './backend-failure.ts';
import { holdBody } from './body.ts';
import type { Call } from './call.ts';
import { endAfter, endCall } from './end-call.ts';
import { forward, forwardTapped } from './forward.ts';
import { HELD_BODY_BYTES } from './limits.ts';
import { mapRequest } from './mapping.ts';
import type { Outbound } from './outbound.ts';
import type { ParameterValues } from './parameters.ts';
import { answerByCache } from './plugins/proxy-cache.ts';
import type { MirrorPlan } from './plugins/proxy-mirror.ts';
import type { PluginsPlan } from './plugins/index.ts';
import type { Tap } from './plugins/tap.ts';
import type { Services } from './services.ts';
import type { Plan } from './snapshot.ts';

/** Lets a backend answer that is reached by HTTP, and ends the call. @throws what keeps it from being asked */
export type AnswerByHttp = (
  call: Call,
  plan: Plan,
  backend: HttpBackend,
  values: ParameterValues,
  remainder: string | undefined,
  services: Services,
) => void;

/** The usual way. */
export const answerByHttp: AnswerByHttp = (call, plan, backend, values, remainder, services) => {
  forward(mapRequest(call, plan, backend, values, remainder, call.nowMs), call, services);
};

/** The way of an API whose plug-ins keep answers, copy requests, or look at what passes. */
export function compileAnswerByHttp({ cache, mirror, log }: PluginsPlan): AnswerByHttp {
  if (cache === undefined && mirror === undefined && log?.tap === undefined) return answerByHttp;
  return (call, plan, backend, values, remainder, services) => {
    // Whoever only asks what would become of a request changes nothing.
    if (call.trial !== undefined) {
      answerByHttp(call, plan, backend, values, remainder, services);
      return;
    }
    const taps: Tap[] = [];
    if (log?.tap !== undefined) taps.push(log.tap(call));
    const outcome = cache && answerByCache(call, plan, cache, backend, values);
    if (typeof outcome === 'function') taps.push(outcome);
    else if (outcome !== undefined) {
      if (outcome.sent === undefined) endCall(call, services);
      else endAfter(outcome.sent, call, services);
      return;
    }
    const outbound = mapRequest(call, plan, backend, values, remainder, call.nowMs);
    const tap: Tap = (answer) => taps.reduce((before, next) => next(before), answer);
    if (mirror?.takesNext() === true) forwardMirrored(outbound, mirror, call, services, tap);
    else forwardTapped(outbound, call, services, tap);
  };
}

/** Forwards a request, and a copy of it with its body, if that is short enough to be held. */
function forwardMirrored(
  outbound: Outbound,
  mirror: MirrorPlan,
  call: Call,
  services: Services,
  tap: Tap,
): void {
  const { mirrors, sideCalls } = services;
  const go = (body: Outbound['body']) => {
    const whole = { ...outbound, body };
    mirrors.send(mirror, whole, sideCalls);
    forwardTapped(whole, call, services, tap);
  };
  const { body } = outbound;
  if (call.upgrade !== undefined || (body !== undefined && lengthOf(body) > HELD_BODY_BYTES)) {
    mirror.note('mirror_dropped');
    forwardTapped(outbound, call, services, tap);
    return;
  }
  if (body === undefined || body instanceof Uint8Array) {
    go(body);
    return;
  }
  const held = holdBody(call);
  if (!(held instanceof Promise)) {
    go(held);
    return;
  }
  held.then(
    (bytes) => {
      try {
        go(bytes);
      } catch (error) {
        endCall(call, services, error);
      }
    },
    (error: unknown) => endCall(call, services, toBackendError(error)),
  );
}

/** Bytes of a body; `Infinity` when only its end will tell. */
function lengthOf(body: NonNullable<Outbound['body']>): number {
  return body.length ?? Infinity;
}
