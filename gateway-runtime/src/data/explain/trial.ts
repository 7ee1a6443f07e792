import { fail } from '@apig/sdk/contract';
import type { ExplainedAnswer, ExplainedLimit, ExplainedRequest } from '../../explaining.ts';
import type { Decision } from '../authenticate/decisions.ts';
import type { BackendPlan } from '../backend-policy.ts';
import type { Caller, Reply } from '../call.ts';
import { fromFields, toFields } from '../fields.ts';
import type { Outbound } from '../outbound.ts';
import type { AuthenticationPlan, CallersOfGateway } from '../snapshot.ts';

/** Somebody decides who is not asked, and nothing was assumed of. */
export class DependsOn extends Error {
  override readonly name = 'DependsOn';
  readonly kind: 'authorizer' | 'third_party';
  readonly id: string | undefined;

  constructor(kind: 'authorizer' | 'third_party', id?: string) {
    super(`a call depends on a decision of its ${kind}`);
    this.kind = kind;
    this.id = id;
  }
}

/**
 * What stands in the place of the world for a call that is only explained: nothing is counted for it, nobody is asked, and
 * what would be done is noted here.
 */
export class Trial {
  /** Resolves when the call has ended. */
  readonly ended: Promise<void>;
  error: unknown;
  limits: readonly ExplainedLimit[] = [];
  /** Who was chosen to answer. */
  backend: BackendPlan | undefined;
  outbound: Outbound | undefined;
  /** Names of the header lines of a signature for the backend. */
  signature: readonly string[] = [];
  readonly #request: ExplainedRequest;
  #resolve: (() => void) | undefined;

  constructor(request: ExplainedRequest) {
    this.#request = request;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** The caller that is taken to have shown who it is; undefined: its credentials tell. @throws `appRefused` */
  callerFor(type: AuthenticationPlan['type'], callers: CallersOfGateway | undefined): Caller | undefined {
    const { appId, account } = this.#request;
    if (type === 'IAM' && account !== undefined) return { kind: 'account', account };
    if (type !== 'APP' || appId === undefined) return undefined;
    for (const app of callers?.byKey.values() ?? []) if (app.id === appId) return { kind: 'app', app };
    throw fail('appRefused', { reason: `app not found, id ${appId}` });
  }

  /** What an authorizer is taken to say. @throws DependsOn */
  decisionOf(authorizerId: string): Decision {
    const assumed = this.#request.assumed?.authorizers;
    const decision =
      assumed !== undefined && Object.hasOwn(assumed, authorizerId) ? assumed[authorizerId] : undefined;
    if (decision === undefined) throw new DependsOn('authorizer', authorizerId);
    return { isAllowed: decision.allow, context: decision.context ?? {} };
  }

  /** Whether third-party services are taken to let the call pass. @throws DependsOn */
  thirdPartyAllows(): boolean {
    const allows = this.#request.assumed?.thirdParty;
    if (allows === undefined) throw new DependsOn('third_party');
    return allows;
  }

  end(error: unknown): void {
    this.error = error;
    this.#resolve?.();
  }
}

/** Keeps what the gateway itself answers. */
export class TrialReply implements Reply {
  readonly isGone = false;
  isStarted = false;
  isLast = false;
  onGone: (() => void) | undefined;
  readonly bytesSent = 0;
  answer: ExplainedAnswer | undefined;

  send(status: number, head: readonly string[], body: Uint8Array | string): void {
    this.isStarted = true;
    const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
    // Written as a head, which is where a line that is none would be found out.
    this.answer = { status, headers: fromFields(toFields(head)), body: text };
  }

  inform(): void {
    // There are no interim answers without a backend.
  }

  pass(): undefined {
    throw new Error('a call that is only explained has no answer of a backend');
  }

  abort(): void {
    // Nobody waits for the end of a connection.
  }
}
