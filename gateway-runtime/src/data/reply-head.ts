import type { Call } from './call.ts';
import { fromFields, toFields } from './fields.ts';
import type { Head } from './http1/head.ts';
import { turnTime } from './http1/turn.ts';
import { corsLines } from './plugins/cors.ts';
import { withHeaderRules } from './plugins/response-headers.ts';

const PREFLIGHT_HEAD: readonly string[] = [
  ...['Access-Control-Allow-Origin', '*'],
  'Access-Control-Allow-Headers',
  'X-Stage,X-Sdk-Date,X-Sdk-Nonce,X-Proxy-Signed-Headers,X-Sdk-Content-Sha256,X-Forwarded-For,Authorization,Content-Type,Accept,Accept-Ranges,Cache-Control,Range',
  'Access-Control-Expose-Headers',
  'X-Request-Id,X-Apig-Latency,X-Apig-Upstream-Latency,X-Apig-RateLimit-Api,X-Apig-RateLimit-User,X-Apig-RateLimit-App,X-Apig-RateLimit-Ip,X-Apig-RateLimit-Api-Allenv',
  ...['Access-Control-Allow-Methods', 'GET,POST,PUT,DELETE,HEAD,OPTIONS,PATCH'],
  ...['Access-Control-Max-Age', '172800'],
];

/**
 * The header lines that the gateway adds to an answer: its name, the id of the request, cross-origin permission of
 * the API, and for callers that send `X-Apig-Mode: debug` times and limits.
 *
 * Source: user guide, "Response Headers" and "Configuring CORS" (of an API).
 */
export function gatewayHead(call: Call, hasCorsOfItsOwn = false): string[] {
  const head = ['Server', 'api-gateway', 'X-Request-Id', call.id];
  const { plan } = call;
  // A plug-in takes the place of what the API says.
  if (plan?.plugins.cors !== undefined) head.push(...corsLines(call, plan.plugins.cors));
  else if (plan?.cors === true && !hasCorsOfItsOwn) head.push('Access-Control-Allow-Origin', '*');
  if (call.isDebug) addDebugLines(head, call);
  return head;
}

/** The same as text, for an answer of a backend with that head. */
export function gatewayFields(call: Call, answer: Head): string {
  const { plan } = call;
  if (plan?.cors !== true && plan?.plugins.cors === undefined && !call.isDebug)
    return `Server: api-gateway\r\nX-Request-Id: ${call.id}\r\n`;
  return toFields(gatewayHead(call, hasCors(answer)));
}

/** The lines of an answer as the plug-ins of the API shape them; the gateway's own lines come on top. */
export function shapedLines(call: Call, lines: readonly string[]): readonly string[] {
  const { plan } = call;
  if (plan === undefined) return lines;
  const { cors, responseHeaders } = plan.plugins;
  const kept = cors === undefined ? lines : lines.filter((_, index) => !isCors(lines[index - (index % 2)]));
  return responseHeaders === undefined ? kept : withHeaderRules(call, kept, responseHeaders);
}

/** The same for lines as text. */
export function shapedFields(call: Call, fields: string): string {
  const { cors, responseHeaders } = call.plan?.plugins ?? {};
  if (cors === undefined && responseHeaders === undefined) return fields;
  return toFields(shapedLines(call, fromFields(fields).flat()));
}

function hasCors(head: Head): boolean {
  for (let index = 0; index < head.count; index += 1) {
    if (head.nameStartsWith(index, 'access-control-')) return true;
  }
  return false;
}

function isCors(name = ''): boolean {
  return /^access-control-/i.test(name);
}

/** What the answer to a preflight permits. */
export function preflightHead(): readonly string[] {
  return PREFLIGHT_HEAD;
}

function addDebugLines(head: string[], { startedAt, upstream, rates }: Call): void {
  head.push('X-Apig-Latency', String(Math.round(turnTime() - startedAt)));
  if (upstream?.latencyMs !== undefined) {
    head.push('X-Apig-Upstream-Latency', String(Math.round(upstream.latencyMs)));
  }
  if (rates !== undefined) head.push(...rates);
}
