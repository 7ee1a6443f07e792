import type { IncomingMessage } from 'node:http';
import {
  createSignableRequest,
  createSigningKey,
  parseAuthorization,
  verify,
  type Authorization,
  type SigningKey,
} from '@apig/sdk/signer';
import type { Clock } from '../clock.ts';
import type { AccessKey, Account, Identities } from '../identity.ts';

/** Who a request says it is from. */
export type Claim =
  | { readonly by: 'token'; readonly account: Account }
  | { readonly by: 'signature'; readonly accessKey: AccessKey; readonly authorization: Authorization };

/**
 * Tells who calls the management API: by a token in `X-Auth-Token`, or by a signature with an access key. It is asked
 * twice. Before the body is read, so that strangers are not listened to; and after it, since a signature covers it.
 */
export class Authentication {
  readonly #identities: Identities;
  readonly #clock: Clock;
  /** A prepared key for each secret that is in use. */
  readonly #keys = new WeakMap<AccessKey, SigningKey>();

  constructor(identities: Identities, clock: Clock) {
    this.#identities = identities;
    this.#clock = clock;
  }

  /** Who the request says it is from; undefined when nobody of that name is known. */
  claim({ headers }: IncomingMessage): Claim | undefined {
    const token = headers['x-auth-token'];
    if (typeof token === 'string') {
      const account = this.#identities.byToken(token);
      return account && { by: 'token', account };
    }
    const authorization = parseAuthorization(headers.authorization);
    if (!authorization.ok) return undefined;
    const accessKey = this.#identities.byAccessKey(authorization.accessKey);
    return accessKey && { by: 'signature', accessKey, authorization };
  }

  /** The account that a claim proves to be from, given the bytes of the body; undefined when it does not. */
  confirm(claim: Claim, request: IncomingMessage, body: Uint8Array): Account | undefined {
    if (claim.by === 'token') return claim.account;
    const { accessKey, authorization } = claim;
    const signable = createSignableRequest({
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headersDistinct,
      body,
    });
    const verified = verify(signable, authorization, this.#keyOf(accessKey), this.#clock.now());
    return verified.ok ? accessKey.account : undefined;
  }

  #keyOf(accessKey: AccessKey): SigningKey {
    const known = this.#keys.get(accessKey);
    if (known !== undefined) return known;
    const key = createSigningKey(accessKey.secretKey);
    this.#keys.set(accessKey, key);
    return key;
  }
}
