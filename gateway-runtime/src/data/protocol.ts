import { fail } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import { speaksGrpc } from './grpc/status.ts';
import type { HostEntry, Plan } from './snapshot.ts';

/** Port of the encrypted listener; undefined when there is none. */
export type HttpsPort = number | undefined;

/**
 * Sends a plain call of an API that serves HTTPS to the same place over HTTPS, if the domain asks for it.
 *
 * Without an encrypted listener nothing is redirected. Source: user guide, "Binding a Domain Name" (HTTP-to-HTTPS
 * redirection).
 *
 * @returns whether the call is answered
 */
export function redirectToHttps(call: Call, plan: Plan, entry: HostEntry, httpsPort: HttpsPort): boolean {
  if (!entry.redirectToHttps || call.connection.secure || httpsPort === undefined) return false;
  if (plan.protocol !== 'HTTPS' && plan.protocol !== 'BOTH') return false;
  const path = plan.keepsEscapes ? call.rawPath : call.path.split('/').map(encodeURIComponent).join('/');
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  const query = call.query === '' ? '' : `?${call.query}`;
  call.status = 301;
  call.reply.send(
    301,
    [
      'Location',
      `https://${call.host}${port}${path}${query}`,
      'Server',
      'api-gateway',
      'X-Request-Id',
      call.id,
    ],
    '',
  );
  return true;
}

/** Refuses a call over a protocol that the API does not serve. @throws `protocolNotSupported` */
export function admitProtocol(call: Call, { protocol }: Plan): void {
  if (protocol === 'GRPCS') {
    if (call.connection.secure && speaksGrpc(call)) return;
    throw fail('protocolNotSupported', { protocols: 'grpcs' });
  }
  if (protocol === 'BOTH' || protocol === (call.connection.secure ? 'HTTPS' : 'HTTP')) return;
  throw fail('protocolNotSupported', { protocols: protocol.toLowerCase() });
}
