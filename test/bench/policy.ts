import { sign } from '@apig/sdk/signer';
import type { Scenario } from './load.ts';

/*
 * The full policy, the same for everybody who enforces it: callers outside a hundred blocked ranges, signed by an app
 * that may call the API, below the limits of the API and of the app; what they send reaches the backend with a
 * signature of the gateway's own.
 */

/** Host of the calls. */
export const HOST = 'api.example.com';

/** The app that calls. */
export const APP = { accessKey: 'app-of-the-bench', secret: 'secret-of-the-app' } as const;

/** An app that is known and may not call. */
export const STRANGER = { accessKey: 'app-without-rights', secret: 'secret-of-the-stranger' } as const;

/** What the gateway signs with. */
export const BACKEND_KEY = { accessKey: 'key_of_the_gateway', secret: 'Secret-of-the-gateway1' } as const;

/** An address of this machine that is in one of the ranges. */
export const BLOCKED_ADDRESS = '127.0.0.99';

/** A hundred ranges from which nobody may call. */
export const BLOCKED: readonly string[] = [
  `${BLOCKED_ADDRESS}/32`,
  ...Array.from({ length: 99 }, (_, index) => `10.${index + 1}.${(index % 16) * 16}.0/${20 + (index % 5)}`),
];

/** Calls a day: of each API and of each app. More than a measurement makes, and few, for one path. */
export const LIMITS = { much: 2_000_000_000, few: 3 } as const;

/** Path whose calls are few. */
export const LIMITED_PATH = '/limited';

/** Requests made ahead for one run: so many others come before one comes again. */
const REQUESTS = 20_000;

/** Requests as they go over the wire, each with a query and so a signature of its own. */
export function signedRequests(scenario: Scenario): readonly string[] {
  const body = 'x'.repeat(scenario.bodyBytes);
  return Array.from({ length: REQUESTS }, (_, index) => {
    return signedRequest(scenario.method, `${scenario.path}?order=${index}`, body);
  });
}

/** A request as it goes over the wire, signed by the app. */
export function signedRequest(
  method: string,
  target: string,
  body: string,
  {
    accessKey,
    secret,
    date = new Date(),
  }: { readonly accessKey: string; readonly secret: string; readonly date?: Date } = APP,
): string {
  const type: Record<string, string> = body === '' ? {} : { 'content-type': 'text/plain' };
  const headers = { host: HOST, ...type };
  const signature = sign({ method, target, headers, body, accessKey, secret, date });
  const lines = {
    Host: HOST,
    'User-Agent': 'bench/1.0',
    Accept: 'application/json',
    ...type,
    ...(body !== '' && { 'Content-Length': String(body.length) }),
    ...signature,
  };
  const fields = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${fields.join('')}\r\n${body}`;
}
