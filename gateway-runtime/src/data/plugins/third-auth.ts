import { fail, type PluginContent } from '@apig/sdk/contract';
import { holdBody } from '../body.ts';
import type { Call } from '../call.ts';
import { originOf, type Channel } from '../channel.ts';
import type { Channels } from '../channels.ts';
import type { CallWindow } from '../counters.ts';
import { NOT_MAPPABLE } from '../forwarded-lines.ts';
import { queryOf } from '../query.ts';
import { gatewayHead } from '../reply-head.ts';
import type { Services } from '../services.ts';
import type { SideAnswer } from '../side-call.ts';
import type { Plan } from '../snapshot.ts';
import { compileCallRule } from './expression.ts';

type Content = PluginContent<'third_auth'>;

/** Seconds for which failures of an address are counted. */
const FORBID_SECONDS = 300;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** A service outside the gateway that decides who may call. */
export interface ThirdAuthPlan {
  readonly content: Content;
  /** Where the service is; `missing` when its channel is. */
  readonly target:
    | { readonly origin: string }
    | { readonly channel: Channel; readonly host: string | undefined }
    | 'missing';
  readonly headers: readonly string[] | undefined;
  readonly queries: readonly string[] | undefined;
  readonly rules: readonly ((call: Call) => boolean)[];
  /** Failures by address. */
  readonly failures: CallWindow;
}

/** Works out a plug-in of type `third_auth`. Source: user guide, "Configuring a Third-Party Authorizer Policy". */
export function compileThirdAuth(
  content: Content,
  channels: Channels,
  failures: CallWindow,
  plan: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
): ThirdAuthPlan {
  const { auth_request: request, identities } = content;
  const headers = (identities?.headers ?? []).map(({ name }) => name.toLowerCase());
  const queries = (identities?.queries ?? identities?.query ?? []).map(({ name }) => name);
  const sendsAll = headers.length === 0 && queries.length === 0;
  return {
    content,
    target: targetOf(request, channels),
    headers: sendsAll ? undefined : headers,
    queries: sendsAll ? undefined : queries,
    rules: (content.rules ?? []).map((rule) => compileCallRule(rule.match_regex, content.parameters, plan)),
    failures,
  };
}

/**
 * Asks the service whether a call may go on. Returns whether the call was answered: with what the service said, where the
 * plug-in is told to show it.
 *
 * 1. With rules of type `allow` calls that match one are not asked about; of type `deny` only those are.
 * 2. An address with more failures in five minutes than allowed is refused until they are over.
 * 3. Every identity must be there. Without identities the service is sent all headers and query parameters.
 * 4. It lets a call pass by any status of 2xx or, in the other mode, by a header of its answer.
 *
 * @throws `thirdAuthBlocked`, `thirdAuthIdentityMissing`, `thirdAuthRefused`, `thirdAuthChannelMissing`,
 *   `thirdAuthUnreachable`, `thirdAuthAnswerInvalid`
 */
export async function askThirdParty(
  call: Call,
  plan: ThirdAuthPlan,
  { sideCalls }: Services,
  nowMs: number,
): Promise<boolean> {
  const { content, failures } = plan;
  if (!isAskedAbout(call, plan)) return false;
  const address = call.client.text;
  const limit = content.custom_forbid_limit ?? 0;
  if (limit > 0 && failuresOf(address, failures, nowMs, 0) > limit) throw fail('thirdAuthBlocked');
  if (call.trial !== undefined) {
    assertIdentities(call, plan);
    if (call.trial.thirdPartyAllows()) return false;
    throw fail('thirdAuthRefused');
  }
  let answer: SideAnswer;
  try {
    answer = await sideCalls.send(await requestOf(call, plan));
  } catch (error) {
    if (content.auth_downgrade_enabled && !isRefusal(error)) return false;
    throw isRefusal(error) ? error : fail('thirdAuthUnreachable', {}, { cause: error });
  }
  if (answer.status >= 500) {
    if (content.auth_downgrade_enabled) return false;
    throw fail('thirdAuthAnswerInvalid');
  }
  if (isAccepted(answer, content)) {
    call.carried = carriedOf(answer, content);
    return false;
  }
  if (limit > 0) failuresOf(address, failures, nowMs, 1);
  if (!content.return_resp_body_enabled) throw fail('thirdAuthRefused');
  call.status = answer.status < 400 ? 401 : answer.status;
  call.errorCode = 'APIG.0312';
  const type = lineOf(answer, 'content-type');
  call.reply.send(
    call.status,
    [...(type === undefined ? [] : ['Content-Type', type]), ...gatewayHead(call)],
    answer.body,
  );
  return true;
}

/** Failures of an address in the present window, before those that are added now. */
function failuresOf(address: string, failures: CallWindow, nowMs: number, added: 0 | 1): number {
  failures.table.enter();
  try {
    failures.enter(nowMs, FORBID_SECONDS);
    const count = failures.addresses.of(address);
    if (added === 1) failures.addresses.add();
    return count;
  } finally {
    failures.table.leave();
  }
}

function isAskedAbout(call: Call, { content, rules }: ThirdAuthPlan): boolean {
  if (!content.rule_enabled) return true;
  const matches = rules.some((rule) => rule(call));
  return content.rule_type === 'deny' ? matches : !matches;
}

async function requestOf(
  call: Call,
  plan: ThirdAuthPlan,
): Promise<Parameters<Services['sideCalls']['send']>[0]> {
  const { content, headers, queries } = plan;
  const { auth_request: request, carry_body: carried, carry_path_enabled: withPath } = content;
  const { origin, host } = whereIs(plan, call);
  const head: string[] = host === undefined ? [] : ['Host', host];
  for (const name of new Set(call.headers.names)) {
    const isSent =
      headers === undefined ? !NOT_MAPPABLE.has(name) && name !== 'host' : headers.includes(name);
    if (isSent) head.push(name, call.headers.joined(name) ?? '');
  }
  assertIdentities(call, plan);
  const pieces = queryOf(call).filter(({ name }) => queries?.includes(name) ?? true);
  const query = pieces.map(({ raw }) => raw).join('&');
  const path = withPath ? `${request.path.replace(/\/$/, '')}${call.rawPath}` : request.path;
  const body =
    carried?.enabled === true && request.method !== 'GET' && request.method !== 'HEAD'
      ? await holdBody(call)
      : undefined;
  return {
    url: `${origin}${path}${query === '' ? '' : `?${query}`}`,
    method: request.method,
    head,
    ...(body !== undefined && body.length <= (carried?.max_body_size ?? Infinity) && { body }),
    timeoutMs: request.timeout,
    maxBytes: MAX_ANSWER_BYTES,
  };
}

/** @throws thirdAuthIdentityMissing */
function assertIdentities(call: Call, { headers, queries }: ThirdAuthPlan): void {
  const lacksHeader = headers?.some((name) => call.headers.first(name) === undefined) === true;
  const lacksQuery = queries?.some((name) => queryOf(call).every((piece) => piece.name !== name)) === true;
  if (lacksHeader || lacksQuery) throw fail('thirdAuthIdentityMissing');
}

function whereIs(
  { target, content }: ThirdAuthPlan,
  call: Call,
): { readonly origin: string; readonly host: string | undefined } {
  if (target === 'missing') throw fail('thirdAuthChannelMissing');
  if ('origin' in target) return { origin: target.origin, host: undefined };
  const lease = target.channel.take({ address: call.client.text, path: call.path }, new Set());
  if (lease === undefined) throw fail('thirdAuthChannelMissing');
  // The request is short: it does not count among the calls of the member.
  lease.end();
  return { origin: originOf(lease.member, content.auth_request.protocol), host: target.host };
}

function targetOf(request: Content['auth_request'], channels: Channels): ThirdAuthPlan['target'] {
  const { vpc_channel_enabled: isUsed, vpc_channel_info: info, protocol, url_domain: address = '' } = request;
  if (isUsed !== true && isUsed !== 1) return { origin: `${protocol.toLowerCase()}://${address}` };
  const channel = channels.get(info?.vpc_id ?? '');
  const host = info?.vpc_proxy_host ?? undefined;
  return channel === undefined ? 'missing' : { channel, host: host === '' ? undefined : host };
}

function isAccepted(
  answer: SideAnswer,
  { simple_auth_mode_enabled: isSimple, match_auth: match }: Content,
): boolean {
  const isGood = answer.status >= 200 && answer.status <= 299;
  if (isSimple || match === null || match === undefined) return isGood;
  return lineOf(answer, match.key.toLowerCase()) === match.value;
}

function carriedOf(answer: SideAnswer, { carry_resp_headers: names }: Content): readonly string[] {
  return (names ?? []).flatMap((name) => {
    const value = lineOf(answer, name.toLowerCase());
    return value === undefined ? [] : [name, value];
  });
}

function lineOf({ head }: SideAnswer, key: string): string | undefined {
  const at = head.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === key);
  return at < 0 ? undefined : head[at + 1];
}

function isRefusal(error: unknown): error is Error {
  return error instanceof Error && 'type' in error && typeof error.type === 'string';
}
