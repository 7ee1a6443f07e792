import { fail } from '@apig/sdk/contract';
import { admitAccount, admitAddress, admitApp } from './acl.ts';
import { admitBody } from './admit-body.ts';
import { admitHead } from './admit-head.ts';
import { admitTls } from './admit-tls.ts';
import { spendQuota } from './app-quota.ts';
import { answerTokenRequest } from './app-token-endpoint.ts';
import { askAuthorizer } from './authenticate/authorizer.ts';
import { authenticate } from './authenticate/index.ts';
import { authorize } from './authorize.ts';
import { chooseBackend, type UsableBackend } from './backend-policy.ts';
import { findCallerAddress } from './caller-address.ts';
import type { Call, Caller } from './call.ts';
import { spendDebugCall } from './debug-domain.ts';
import { endAfter, endCall } from './end-call.ts';
import { answerByFunction } from './function-backend.ts';
import { forwardGrpc } from './grpc/forward-grpc.ts';
import { sendMock } from './mock.ts';
import { readParameters, type ParameterValues } from './parameters.ts';
import { backendThrough, circuitOf } from './plugins/breaker.ts';
import { answerPreflight } from './plugins/cors.ts';
import { askThirdParty } from './plugins/third-auth.ts';
import { answerPublicKey } from './public-key.ts';
import { admitProtocol, redirectToHttps } from './protocol.ts';
import { findHost, route } from './route.ts';
import type { Match } from './router.ts';
import type { Services } from './services.ts';
import type { Plan, Snapshot } from './snapshot.ts';
import { spend } from './throttle.ts';

/*
 * A call from the first look at its head to its end, in the order of the product. The cheapest refusal comes first, and
 * nothing is counted for callers who did not show who they are.
 *
 * A call waits only where it must: for a body that a signature covers, for authorizers, for functions. Otherwise it is
 * on its way to its backend when `handle` returns. Each call ends with one `endCall`.
 */

/** Answers a call. */
export function handle(call: Call, snapshot: Snapshot, services: Services): void {
  try {
    call.nowMs = services.clock.now();
    const match = findApi(call, snapshot, services);
    if (typeof match !== 'object') {
      if (match === 'answered') endCall(call, services);
      return;
    }
    call.stage = 'authentication';
    const caller = authenticate(call, match.target, snapshot, services, call.nowMs);
    if (caller instanceof Promise || match.target.plugins.thirdAuth !== undefined)
      void serveLater(call, match, caller, services);
    else serve(call, match, caller, services);
  } catch (error) {
    endCall(call, services, error);
  }
}

/**
 * The API of a call that may use it as far as its head tells; or that the call is answered, or will be and ends then.
 *
 * @throws what refuses it
 */
function findApi(
  call: Call,
  snapshot: Snapshot,
  services: Services,
): Match<Plan> | 'answered' | 'being answered' {
  admitHead(call);
  call.stage = 'host';
  const host = findHost(call, snapshot);
  call.stage = 'tls';
  admitTls(call, host);
  call.stage = 'client_address';
  call.client = findCallerAddress(call);
  call.stage = 'body_size';
  admitBody(call);
  call.stage = 'debug_domain';
  spendDebugCall(call, host, services.counters);
  call.stage = 'preflight';
  if (answerPreflight(call, host, snapshot)) return 'answered';
  call.stage = 'public_key';
  if (call.features.hasOwnPaths) {
    if (answerPublicKey(call, host, snapshot)) return 'answered';
    if (answerTokenRequest(call, host, snapshot, services)) return 'being answered';
  }
  call.stage = 'route';
  const match = route(call, host, snapshot);
  call.pathValues = match.values;
  call.stage = 'https_redirect';
  if (redirectToHttps(call, match.target, host, services.httpsPort)) return 'answered';
  call.stage = 'protocol';
  admitProtocol(call, match.target);
  call.stage = 'address_control';
  admitAddress(call, match.target.acl);
  return match;
}

/** Serves a caller when it is known who it is, and a service outside the gateway does not mind. */
async function serveLater(
  call: Call,
  match: Match<Plan>,
  known: Caller | Promise<Caller>,
  services: Services,
): Promise<void> {
  try {
    const caller = await known;
    call.stage = 'third_party';
    const { thirdAuth } = match.target.plugins;
    if (thirdAuth !== undefined && (await askThirdParty(call, thirdAuth, services, call.nowMs)))
      endCall(call, services);
    else serve(call, match, caller, services);
  } catch (error) {
    endCall(call, services, error);
  }
}

/** Lets a caller have what it asks for, if it may. @throws what refuses it */
function serve(call: Call, match: Match<Plan>, caller: Caller, services: Services): void {
  const { target: plan } = match;
  const { breaker } = plan.plugins;
  call.stage = 'account_control';
  admitAccount(caller, plan.acl);
  call.stage = 'authorization';
  authorize(caller, plan.authentication);
  call.stage = 'app_address_control';
  admitApp(call, caller);
  call.stage = 'throttle';
  spend(call, caller, plan.throttle, services.owner, call.nowMs);
  call.stage = 'app_quota';
  spendQuota(call, caller);
  call.stage = 'parameters';
  const values = readParameters(call, plan.parameters, match.values);
  call.stage = 'backend_policy';
  let backend = chooseBackend(call, plan.backends, values);
  if (call.trial !== undefined) call.trial.backend = backend;
  call.stage = 'circuit';
  if (backend.kind !== 'mock' && breaker !== undefined)
    backend = backendThrough(call, circuitOf(call, breaker), backend, services.clock);
  call.stage = 'backend_authorizer';
  if (backend.kind === 'unusable') throw fail(backend.error);
  if (backend.authorizer === undefined) answer(call, match, backend, values, services);
  else void answerLater(call, match, backend, values, services);
}

/** Lets a backend answer when its authorizer does not mind. */
async function answerLater(
  call: Call,
  match: Match<Plan>,
  backend: UsableBackend,
  values: ParameterValues,
  services: Services,
): Promise<void> {
  try {
    if (backend.authorizer !== undefined)
      await askAuthorizer(call, match.target, backend.authorizer, services);
    answer(call, match, backend, values, services);
  } catch (error) {
    endCall(call, services, error);
  }
}

/** Lets a backend answer. @throws what keeps it from being asked */
function answer(
  call: Call,
  { target: plan, remainder }: Match<Plan>,
  backend: UsableBackend,
  values: ParameterValues,
  services: Services,
): void {
  call.stage = 'mapping';
  switch (backend.kind) {
    case 'http':
      plan.answerByHttp(call, plan, backend, values, remainder, services);
      return;
    case 'grpc':
      forwardGrpc(call, plan, backend.backend, services);
      return;
    case 'mock':
      call.stage = 'backend';
      sendMock(call, backend.mock);
      endCall(call, services);
      return;
    case 'function':
      endAfter(answerByFunction(call, plan, backend.target, services, values, call.nowMs), call, services);
      return;
  }
}
