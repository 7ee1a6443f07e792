import { createSigningKey, sign } from '../signer/index.ts';
import type { Exchange } from './exchange.ts';
import type { Timing } from './timing.ts';

/** Who calls a management API, for which project. */
export interface Caller {
  readonly projectId: string;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly token?: string | undefined;
  /** What goes with temporary keys. */
  readonly securityToken?: string | undefined;
  /** Changeset that requests are part of. */
  readonly changesetId?: string | undefined;
  readonly timing: Timing;
}

/** Makes the headers of a request, among them those that say who sends it. */
export type Authorizer = (exchange: Exchange) => Record<string, string>;

/**
 * The headers of requests to a host: with an AK/SK signature where there are keys, else with a token.
 *
 * Source: API reference, "Authentication".
 *
 * @throws TypeError when there is neither.
 */
export function createAuthorizer(caller: Caller, host: string): Authorizer {
  const { accessKey, secretKey, securityToken, token, projectId, timing, changesetId } = caller;
  const common = {
    Host: host,
    Accept: 'application/json',
    'Accept-Encoding': 'identity',
    'User-Agent': 'apig-sdk',
  };
  const typed = ({ body, contentType = 'application/json', changesetId }: Exchange) => ({
    ...(body ? { 'Content-Type': contentType } : {}),
    ...(changesetId === undefined ? {} : { 'X-Apig-Changeset': changesetId }),
  });
  for (const [name, value] of Object.entries({ accessKey, securityToken, token, changesetId })) {
    // Never the value itself.
    if (value !== undefined && !/^[\x21-\x7e]+$/.test(value))
      throw new TypeError(`${name}: expected printable ASCII`);
  }
  if (accessKey !== undefined && secretKey !== undefined) {
    const secret = createSigningKey(secretKey);
    return (exchange) => {
      const signed = {
        Host: host,
        'X-Project-Id': projectId,
        ...(securityToken === undefined ? {} : { 'X-Security-Token': securityToken }),
        ...typed(exchange),
      };
      const { method, target, body } = exchange;
      const date = new Date(timing.now());
      return {
        ...common,
        ...signed,
        ...sign({ method, target, headers: signed, body, accessKey, secret, date }),
      };
    };
  }
  if (token === undefined) throw new TypeError('expected accessKey and secretKey, or token');
  return (exchange) => ({ ...common, ...typed(exchange), 'X-Auth-Token': token });
}
