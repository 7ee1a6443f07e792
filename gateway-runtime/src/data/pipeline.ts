import { fail } from '@apig/sdk/contract';
import { logCall } from './access-log.ts';
import { admitAccount, admitAddress, admitApp } from './acl.ts';
import { admitBody } from './admit-body.ts';
import { admitHead } from './admit-head.ts';
import { admitTls } from './admit-tls.ts';
import { askAuthorizer } from './authenticate/authorizer.ts';
import { spendQuota } from './app-quota.ts';
import { authenticate } from './authenticate/index.ts';
import { authorize } from './authorize.ts';
import { chooseBackend, type BackendPlan } from './backend-policy.ts';
import { findCallerAddress } from './caller-address.ts';
import { CallerGone, type Call } from './call.ts';
import { spendDebugCall } from './debug-domain.ts';
import { forward } from './forward.ts';
import { answerByFunction } from './function-backend.ts';
import { sendGatewayResponse, toCallError } from './gateway-response.ts';
import { mapRequest } from './mapping.ts';
import { sendMock } from './mock.ts';
import { readParameters, type ParameterValues } from './parameters.ts';
import { circuitOf, throughCircuit } from './plugins/breaker.ts';
import { answerPreflight } from './plugins/cors.ts';
import { askThirdParty } from './plugins/third-auth.ts';
import { admitProtocol, redirectToHttps } from './protocol.ts';
import { findHost, route } from './route.ts';
import { sendReply } from './send-reply.ts';
import type { Services } from './services.ts';
import type { Plan, Snapshot } from './snapshot.ts';
import { spend } from './throttle.ts';

/**
 * Answers a call: from the first look at its head to the last byte of the answer, in the order of the product. The
 * cheapest refusal comes first, and nothing is counted for callers who did not show who they are.
 */
export async function handle(call: Call, snapshot: Snapshot, services: Services): Promise<void> {
  const nowMs = services.clock.now();
  try {
    admitHead(call);
    const host = findHost(call, snapshot);
    admitTls(call, host);
    call.client = findCallerAddress(call);
    admitBody(call);
    spendDebugCall(host, services.counters, nowMs);
    if (answerPreflight(call, host, snapshot)) return;
    const { target: plan, values: pathValues, remainder } = route(call, host, snapshot);
    call.pathValues = pathValues;
    if (redirectToHttps(call, plan, host, services.httpsPort)) return;
    admitProtocol(call, plan);
    admitAddress(call, plan.acl);
    const known = authenticate(call, plan, snapshot, services, nowMs);
    const caller = known instanceof Promise ? await known : known;
    const { breaker, thirdAuth } = plan.plugins;
    if (thirdAuth !== undefined && (await askThirdParty(call, thirdAuth, services, nowMs))) return;
    admitAccount(caller, plan.acl);
    authorize(caller, plan.authentication);
    admitApp(call, caller);
    spend(call, caller, plan.throttle, services.owner, nowMs);
    spendQuota(caller, nowMs);
    const values = readParameters(call, plan.parameters, pathValues);
    const backend = chooseBackend(call, plan.backends, values);
    if (breaker === undefined || backend.kind === 'mock') {
      await answerBy(call, plan, backend, services, values, remainder, nowMs);
      return;
    }
    await throughCircuit(call, circuitOf(call, breaker), services.clock, () =>
      answerBy(call, plan, backend, services, values, remainder, nowMs),
    );
  } catch (error) {
    // Nobody is left to be told.
    if (error instanceof CallerGone) call.reply.abort();
    else answerError(call, error, services);
  } finally {
    call.lease?.end();
    (call.plan?.counts ?? services.unrouted).note(call, nowMs);
    logCall(call, services.log);
  }
}

/** Lets a backend answer a call. */
async function answerBy(
  call: Call,
  plan: Plan,
  backend: BackendPlan,
  services: Services,
  values: ParameterValues,
  remainder: string | undefined,
  nowMs: number,
): Promise<void> {
  if (backend.kind === 'unusable') throw fail(backend.error);
  if (backend.authorizer !== undefined) await askAuthorizer(call, plan, backend.authorizer, services);
  if (backend.kind === 'mock') {
    sendMock(call, backend.mock);
    return;
  }
  if (backend.kind === 'function') {
    await answerByFunction(call, plan, backend.target, services, values, nowMs);
    return;
  }
  const { http, mapping } = backend;
  const outbound = mapRequest(call, plan, http, mapping, values, remainder, nowMs);
  const reply = await forward(outbound, call, services);
  await sendReply(call, reply);
}

function answerError(call: Call, error: unknown, { log }: Services): void {
  const known = toCallError(error);
  if (known.name === 'internal')
    log.error({ requestId: call.id, err: known.cause }, 'a call failed unexpectedly');
  sendGatewayResponse(call, known);
}
