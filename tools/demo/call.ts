import { request } from 'node:http';
import { sign } from '@apig/sdk/signer';

/** A call of a published API, or of anything else that speaks HTTP. */
export interface Call {
  readonly method?: string;
  /** Scheme, address and port to connect to. */
  readonly to: string;
  /** Domain that is called; the address connected to unless given. */
  readonly host?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Signs the call for an app. */
  readonly signedBy?: { readonly appKey: string; readonly appSecret: string };
  /** Local address to call from. */
  readonly from?: string;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  /** `error_code` of the body; undefined where the body has none. */
  readonly code: string | undefined;
  readonly body: string;
}

/** Makes one call on a connection of its own. */
export function send(call: Call): Promise<Answer> {
  const { method = 'GET', to, target, body = '', signedBy, from } = call;
  const host = call.host ?? new URL(to).host;
  const headers: Record<string, string> = {
    host,
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    ...call.headers,
  };
  const signature = signedBy
    ? sign({ method, target, headers, body, accessKey: signedBy.appKey, secret: signedBy.appSecret })
    : {};
  return new Promise((resolve, reject) => {
    const outgoing = request(to, {
      method,
      path: target,
      agent: false,
      headers: { ...headers, ...signature },
      ...(from === undefined ? {} : { localAddress: from }),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, code: codeOf(text), body: text });
      });
    });
    outgoing.end(body);
  });
}

/** An answer in short: `200`, or status and error code. */
export function inShort({ status, code }: Answer): string {
  return code === undefined ? String(status) : `${status} ${code}`;
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error_code?: string }).error_code;
  } catch {
    // Not JSON, so not an answer of the gateway.
    return undefined;
  }
}
