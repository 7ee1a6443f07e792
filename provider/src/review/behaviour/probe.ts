import type { Json } from '@apig/sdk/contract';
import { sign } from '@apig/sdk/signer';

/** Time at which all requests are taken to arrive. */
export const AT = '2026-01-01T00:00:00.000Z';

/** A request whose treatment is compared. */
export interface Probe {
  /** API and environment that it is meant for; empty where it is meant for none. */
  readonly api: string;
  readonly environment: string;
  /** Who calls, and what is special about it. */
  readonly caller: string;
  readonly request: ProbeRequest;
}

/** A request as it is sent. */
export interface ProbeRequest {
  readonly method: string;
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  readonly secure: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly address: string;
  /** Account that is taken to have shown who it is. */
  readonly account?: { readonly domainId: string; readonly domainName: string } | undefined;
  /** What authorizers are taken to say, by their IDs. */
  readonly authorizers?:
    Readonly<Record<string, { readonly allow: boolean; readonly context?: Json }>> | undefined;
  readonly thirdParty?: boolean | undefined;
}

/** Key and secret of an app. */
export interface AppKeys {
  readonly key: string;
  readonly secret: string;
}

/** The request with the signature of an app. */
export function signed(request: ProbeRequest, { key, secret }: AppKeys): ProbeRequest {
  const { method, target, host, body } = request;
  const signature = sign({
    method,
    target,
    headers: { host },
    body,
    accessKey: key,
    secret,
    date: new Date(AT),
  });
  return { ...request, headers: { ...request.headers, ...signature } };
}

/** The request in the form in which a runtime is asked. */
export function toExplained(request: ProbeRequest): Json {
  const { method, host, target, secure, headers, body, address, account, authorizers, thirdParty } = request;
  const assume = {
    ...(authorizers !== undefined && { authorizers }),
    ...(thirdParty !== undefined && { third_party: thirdParty }),
  };
  return {
    method,
    host,
    path: target,
    scheme: secure ? 'HTTPS' : 'HTTP',
    headers,
    client_address: address,
    ...(body !== undefined && { body }),
    ...(account !== undefined && {
      account: { domain_id: account.domainId, domain_name: account.domainName },
    }),
    ...(Object.keys(assume).length > 0 && { assume }),
  };
}

/** Headers whose values are credentials. */
const CREDENTIALS = /^(?:authorization|cookie|x-sdk-date|x-apig-appcode|x-auth-token|apikey|x-hw-appkey)$/i;

/** The request as people read it: without credentials. */
export function textOf({ method, host, target, secure, headers, address }: ProbeRequest): string {
  const lines = Object.entries(headers)
    .filter(([name]) => !CREDENTIALS.test(name))
    .map(([name, value]) => ` ${name}: ${value}`);
  const from = address === '' ? '' : ` from ${address}`;
  return `${method} ${secure ? 'https' : 'http'}://${host}${target}${lines.join('')}${from}`;
}
