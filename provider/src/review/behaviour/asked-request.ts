import { ReviewError } from '../plan.ts';
import { USUAL_ADDRESS } from './addresses.ts';
import type { ConfiguredObject } from './configuration.ts';
import { signed, type ProbeRequest } from './probe.ts';
import type { View } from './view.ts';

/** A request as a user describes it: by who calls, and not by signatures. */
export interface AskedRequest {
  readonly method: string;
  readonly url: URL;
  /** Path and query as they were written. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly address: string | undefined;
  /** Name of an app that signs. */
  readonly app: string | undefined;
  /** Whether it sends its AppCode in the place of a signature. */
  readonly byCode: boolean;
  /** Name or ID of an account that signs. */
  readonly account: string | undefined;
  readonly environment: string | undefined;
  /** What custom authorizers and third parties are taken to say; undefined: nothing. */
  readonly allowed: boolean | undefined;
}

/** Reads a method and a URL, such as `GET https://api.example.com/orders?size=2`. @throws ReviewError */
export function readRequestLine(
  text: string,
  where: string,
): Pick<AskedRequest, 'method' | 'url' | 'target'> {
  const [, method = '', address = ''] = /^([A-Za-z]+)\s+(\S+)$/.exec(text.trim()) ?? [];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new ReviewError(
      `${where}: expected a method and a URL, such as "GET https://api.example.com/orders".`,
    );
  // As it was written: a URL object would change escapes and dots.
  const target = /^https?:\/\/[^/?#]*([^#]*)/i.exec(address)?.[1] ?? '';
  return {
    method: method.toUpperCase(),
    url,
    target: target.startsWith('/') ? target : `/${target}`,
  };
}

/**
 * The request as somebody would send it.
 *
 * @param views where the app is looked up, in this order
 * @throws ReviewError when there is no such app
 */
export function toRequest(asked: AskedRequest, views: readonly View[], where: string): ProbeRequest {
  const { method, url, target, headers, body, address = USUAL_ADDRESS, environment, allowed } = asked;
  const stage: Record<string, string> =
    environment === undefined || environment === 'RELEASE' ? {} : { 'X-Stage': environment };
  const authorizers = allowed === undefined ? undefined : verdictOfAll(views, allowed);
  const plain: ProbeRequest = {
    method,
    host: url.host,
    target,
    secure: url.protocol === 'https:',
    headers: { ...stage, ...headers },
    address,
    ...(body !== undefined && { body }),
    ...(asked.account !== undefined && {
      account: {
        domainName: asked.account,
        domainId: /^[A-Za-z0-9]{32}$/.test(asked.account) ? asked.account : '0'.repeat(32),
      },
    }),
    ...(authorizers !== undefined && { authorizers, thirdParty: allowed }),
  };
  if (asked.app === undefined) return plain;
  const app = findApp(asked.app, views);
  if (app === undefined) throw new ReviewError(`${where}: there is no app ${asked.app}.`);
  if (!asked.byCode)
    return signed(plain, { key: String(app.body['appKey']), secret: String(app.body['appSecret']) });
  const [code] = views.flatMap((view) => view.by('appCode', 'appId', app.id));
  if (code === undefined) throw new ReviewError(`${where}: the app ${asked.app} has no AppCode.`);
  return { ...plain, headers: { ...plain.headers, 'X-Apig-AppCode': String(code.body['code']) } };
}

/** By its own name, its name in the program, or its ID. */
function findApp(name: string, views: readonly View[]): ConfiguredObject | undefined {
  for (const view of views) {
    const found = view
      .all('app')
      .find(
        ({ id, body }) =>
          body['name'] === name ||
          id === name ||
          view.configured.urns.get(`app/${id}`)?.split('::').at(-1) === name,
      );
    if (found !== undefined) return found;
  }
  return undefined;
}

function verdictOfAll(views: readonly View[], allow: boolean): NonNullable<ProbeRequest['authorizers']> {
  const ids = views.flatMap((view) => view.all('authorizer').map(({ id }) => id));
  return Object.fromEntries(ids.map((id) => [id, { allow }]));
}
