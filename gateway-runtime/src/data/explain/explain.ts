import { isApigError } from '@apig/sdk/contract';
import {
  STAGES,
  type ExplainedBackend,
  type ExplainedRequest,
  type Explanation,
  type StageDecision,
} from '../../explaining.ts';
import type { ConfigurationReader } from '../../store/configuration.ts';
import { toAddress } from '../address.ts';
import { Call } from '../call.ts';
import { CallerBody } from '../caller-body.ts';
import { HeaderLines } from '../header-lines.ts';
import { FRAMING } from '../http1/framing.ts';
import type { Head } from '../http1/head.ts';
import { IncomingBody } from '../http1/incoming-body.ts';
import { RequestParser } from '../http1/request-parser.ts';
import { usualAnswer } from '../gateway-response.ts';
import { fromFields } from '../fields.ts';
import { HEAD_LIMITS } from '../limits.ts';
import { forwardingFields } from '../mapping.ts';
import { handle } from '../pipeline.ts';
import type { Services } from '../services.ts';
import type { Snapshot } from '../snapshot.ts';
import { faultError } from '../wire-fault.ts';
import { reasonsOf } from './reasons.ts';
import { DependsOn, Trial, TrialReply } from './trial.ts';

/** Nothing more of a body will come, so nothing has to be asked for. */
const NO_SOURCE = { wantBody: () => undefined, holdBody: () => undefined };

/** What stands in the place of a secret. */
const MASK = '******';

/** What is explained twice is told in the same words. */
const REQUEST_ID = '0'.repeat(32);

/** Header lines whose values are credentials. */
const CREDENTIALS =
  /^(?:authorization|cookie|proxy-authorization|x-auth-token|x-security-token|x-hw-appkey|x-apig-appcode|apikey)$/i;

/**
 * Explains a request: it goes through the pipeline of live calls, up to where a backend would be asked. Nothing is counted
 * for it; authorizers are not asked, but taken at the word that the request gives them.
 *
 * @param configuration what the snapshot was made from: names of things are looked up there
 */
export async function explain(
  snapshot: Snapshot,
  request: ExplainedRequest,
  services: Services,
  configuration: ConfigurationReader,
): Promise<Explanation> {
  const reply = new TrialReply();
  const trial = new Trial(request);
  const call = toCall(request, reply, trial);
  if (!(call instanceof Call)) return call;
  handle(call, snapshot, services);
  await trial.ended;
  return explanationOf(call, trial, reply, configuration);
}

function toCall(request: ExplainedRequest, reply: TrialReply, trial: Trial): Call | Explanation {
  const { method, target, host, headers, body, secure, clientAddress } = request;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = body === undefined ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  const bytes = Buffer.from(
    `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines}${length}\r\n${body ?? ''}`,
  );
  const parser = new RequestParser(HEAD_LIMITS);
  const after = parser.parse(bytes, 0, bytes.length);
  const { head } = parser;
  // What is no request at all the listener answers.
  if (head === undefined) return refusedByListener(parser.fault);
  let incoming: IncomingBody | undefined;
  if (head.framing !== FRAMING.none) {
    incoming = new IncomingBody(NO_SOURCE, head.length);
    incoming.push(bytes.subarray(after));
    incoming.finish('');
  }
  const peer = toAddress(clientAddress);
  return new Call({
    id: REQUEST_ID,
    method: head.method,
    target: head.target,
    // gRPC is spoken over HTTP/2 alone.
    httpVersion: isGrpc(head) ? '2.0' : '1.1',
    headers: new HeaderLines(head, head.connectionNames),
    body: incoming && new CallerBody(incoming),
    connection: {
      secure,
      // The newest version, and whatever certificate the domain wants: of the handshake nothing is known.
      tls: undefined,
      peer,
      localAddress: '127.0.0.1',
      forwarded: forwardingFields(peer.text, secure, peer.text, 1),
    },
    reply,
    trial,
    upgrade: head.upgradeAt < 0 ? undefined : head.value(head.upgradeAt),
  });
}

function isGrpc(head: Head): boolean {
  return /^application\/grpc(?:$|[+;])/i.test(head.first('content-type') ?? '');
}

function refusedByListener(fault: RequestParser['fault']): Explanation {
  const error = faultError(fault ?? 'requestLineMalformed');
  const { status, body } = usualAnswer(error, REQUEST_ID);
  return {
    outcome: 'refused',
    answer: { status, headers: [['Content-Type', 'application/json']], body },
    error: { code: error.code, message: error.message },
    caller: { kind: 'anonymous' },
    policies: [],
    limits: [],
    stages: [{ stage: 'request', decision: 'refused', because: { fault } }],
  };
}

function explanationOf(
  call: Call,
  trial: Trial,
  { answer }: TrialReply,
  configuration: ConfigurationReader,
): Explanation {
  const { error } = trial;
  const outcome = outcomeOf(call, trial);
  const { matched, caller, policies, becauseOf, policyOf } = reasonsOf(call, trial, configuration);
  const last = STAGES.indexOf(call.stage);
  const stages = STAGES.slice(0, last + 1).map((stage, index): StageDecision => {
    const because = becauseOf(stage);
    return {
      stage,
      decision: index < last ? 'passed' : outcome,
      ...(because !== undefined && { because }),
    };
  });
  const backend = backendOf(trial, policyOf());
  return {
    outcome,
    ...(answer !== undefined && { answer }),
    ...(isApigError(error) && {
      error: {
        code: error.code,
        message: error.message,
        ...(error.type !== undefined && { responseType: error.type }),
      },
    }),
    ...(error instanceof DependsOn && {
      dependsOn: { kind: error.kind, ...(error.id !== undefined && { id: error.id }) },
    }),
    ...(matched !== undefined && { matched }),
    caller,
    policies,
    limits: trial.limits,
    ...(backend !== undefined && { backend }),
    stages,
  };
}

function outcomeOf(call: Call, { error, backend }: Trial): Explanation['outcome'] {
  if (error instanceof DependsOn) return 'depends';
  if (error !== undefined || call.errorCode !== undefined) return 'refused';
  return call.stage === 'backend' && backend?.kind !== 'mock' ? 'forwarded' : 'answered';
}

function backendOf(
  { backend, outbound, signature }: Trial,
  policy: string | undefined,
): ExplainedBackend | undefined {
  const named = policy === undefined ? {} : { policy };
  if (backend?.kind === 'mock') return { kind: 'mock', ...named };
  if (backend?.kind === 'function') {
    return { kind: 'function', ...named, functionUrn: backend.target.function.urn };
  }
  if (outbound === undefined) return undefined;
  const { channel, origin, timeoutMs } = outbound.backend;
  const headers = fromFields(`Host: ${outbound.host}\r\n${outbound.fields}`);
  return {
    kind: 'http',
    ...named,
    method: outbound.method,
    url: `${origin}${outbound.target}`,
    ...(channel !== undefined && { channelMembers: channel.channel.rotation.map(({ address }) => address) }),
    headers: [
      ...headers.map(([name, value]) => [name, CREDENTIALS.test(name) ? MASK : value] as const),
      ...signature.map((name) => [name, MASK] as const),
    ],
    signed: signature.length > 0,
    timeoutMs,
  };
}
