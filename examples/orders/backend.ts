import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createSignableRequest, createSigningKey, parseAuthorization, verify } from '@apig/sdk/signer';

/** The key pair that the gateway signs with. */
export interface SignatureKey {
  readonly key: string;
  readonly secret: string;
}

interface Order {
  readonly id: string;
  readonly status: 'open' | 'cancelled';
  readonly items: unknown;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const MAX_BODY_BYTES = 64 * 1024;
const PRODUCTS = [
  { sku: 'kettle', cents: 3900 },
  { sku: 'darjeeling', cents: 1250 },
];

/**
 * The orders service: it serves what the gateway signed and refuses everybody else, so that nobody gets around the
 * gateway's checks by calling the service itself.
 */
export function createBackend({ key, secret }: SignatureKey): Server {
  const signingKey = createSigningKey(secret);
  const orders = new Map<string, Order>([
    ['o-1001', { id: 'o-1001', status: 'open', items: [{ sku: 'kettle', count: 1 }] }],
  ]);
  return createServer((request, response) => {
    void read(request).then(
      (body) => {
        const refusal = refusalOf(request, body, key, signingKey);
        const reply = refusal ? { status: 401, body: { error: refusal } } : serve(request, body, orders);
        const text = JSON.stringify(reply.body);
        response.writeHead(reply.status, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        });
        response.end(text);
      },
      () => response.destroy(),
    );
  });
}

/** Why a request is refused; undefined when the gateway signed it. */
function refusalOf(
  { method = '', url = '/', headers, headers: { authorization } }: IncomingMessage,
  body: Buffer,
  key: string,
  signingKey: ReturnType<typeof createSigningKey>,
): string | undefined {
  if (authorization === undefined) return 'Authorization not found.';
  const parts = parseAuthorization(authorization);
  if (!('accessKey' in parts)) return 'Authorization format incorrect.';
  if (parts.accessKey !== key) return 'Signing key not found.';
  const request = createSignableRequest({ method, target: url, headers, body });
  return verify(request, parts, signingKey, Date.now()).ok ? undefined : 'Signature verification failed.';
}

function serve(
  { method = '', url = '/', headers }: IncomingMessage,
  body: Buffer,
  orders: Map<string, Order>,
): Reply {
  const [path = ''] = url.split('?');
  const [, , collection, id, part] = path.split('/');
  if (collection === 'products') return { status: 200, body: { products: PRODUCTS } };
  if (collection === 'stock') return { status: 200, body: { kettle: 12, darjeeling: 80 } };
  if (collection === 'reports') return { status: 200, body: { turnover: [] } };
  if (id === undefined && method === 'GET')
    return { status: 200, body: { orders: [...orders.values()], caller: headers['x-caller'] } };
  if (id === undefined) {
    const order: Order = { id: `o-${1001 + orders.size}`, status: 'open', items: parsed(body) };
    orders.set(order.id, order);
    return { status: 201, body: order };
  }
  const order = orders.get(id);
  if (!order) return { status: 404, body: { error: `no order ${id}` } };
  if (part === 'invoice') return { status: 200, body: { order: id, cents: 3900 } };
  if (method === 'GET') return { status: 200, body: order };
  const next: Order =
    method === 'DELETE' ? { ...order, status: 'cancelled' } : { ...order, items: parsed(body) };
  orders.set(id, next);
  return { status: 200, body: next };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // Whatever a caller sends as an order is kept as it is.
    return body.toString('utf8');
  }
}
