import { createClient } from '@apig/sdk';
import { inShort, send, type Answer, type Call } from './call.ts';
import type { Screen } from './screen.ts';
import type { Connection } from './stack.ts';

/** What the calls need to know of the stack. */
export interface Deployed {
  /** Address of the data plane, `http://127.0.0.1:port`. */
  readonly gateway: string;
  /** Address of the orders service. */
  readonly backend: string;
  readonly domain: string;
  readonly debugDomain: string;
  readonly gatewayId: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly readsPerMinute: number;
}

const MINUTE_MS = 60_000;
/** Calls that must fall into one window are made well inside it. */
const MARGIN_MS = 5_000;

/** Calls the deployed APIs and shows what each call was expected to give and what it gave. */
export async function proveCalls(screen: Screen, deployed: Deployed, connection: Connection): Promise<void> {
  const { gateway, domain, debugDomain, appKey, appSecret } = deployed;
  const storefront = { appKey, appSecret };
  const check = async (what: string, expected: string, call: Call) =>
    screen.check(what, expected, await inShortOf(call));
  const api = { to: gateway, host: domain };

  await check('GET /reports/turnover, which is not published in RELEASE', '404 APIG.0101', {
    ...api,
    target: '/reports/turnover',
  });
  await check('GET /products, published and public, by the bound domain', '200', {
    ...api,
    target: '/products?query=tea',
  });
  await check('GET /products by the debug domain', '200', { ...api, host: debugDomain, target: '/products' });
  await check('GET /products by a domain that nobody bound', '404 APIG.0101', {
    ...api,
    host: 'other.example.com',
    target: '/products',
  });
  await check('GET /orders without a signature', '401 APIG.0303', { ...api, target: '/orders' });
  await check('GET /stock, for accounts, without a signature', '401 APIG.0301', { ...api, target: '/stock' });
  await check('GET /stock signed with an access key of the account', '200', {
    ...api,
    target: '/stock',
    signedBy: { appKey: connection.accessKey, appSecret: connection.secretKey },
  });
  await check('GET /orders signed by the app storefront', '200', {
    ...api,
    target: '/orders?status=open',
    signedBy: storefront,
  });
  await check('POST /orders signed by the app storefront', '201', {
    ...api,
    method: 'POST',
    target: '/orders',
    body: '{"sku":"kettle","count":2}',
    signedBy: storefront,
  });
  await check('GET /orders signed with a wrong secret', '401 APIG.0303', {
    ...api,
    target: '/orders',
    signedBy: { appKey, appSecret: 'not-the-secret' },
  });
  await check('GET /orders signed by an app that is not authorized', '403 APIG.0304', {
    ...api,
    target: '/orders',
    signedBy: await createStranger(deployed.gatewayId, connection),
  });
  await check('GET /orders?limit=1000, above the maximum in the OpenAPI document', '400 APIG.0106', {
    ...api,
    target: '/orders?limit=1000',
    signedBy: storefront,
  });
  await checkBlocked(screen, { ...api, target: '/products', from: '127.0.0.9' });
  await checkThrottle(
    screen,
    { ...api, target: '/orders/o-1001/invoice', signedBy: storefront },
    deployed.readsPerMinute,
  );
  await check('GET /v1/orders at the service itself, around the gateway', '401', {
    to: deployed.backend,
    target: '/v1/orders',
  });
}

async function checkBlocked(screen: Screen, call: Call): Promise<void> {
  const what = `GET ${call.target} from ${call.from ?? ''}, which the ACL blocks`;
  try {
    screen.check(what, '403 APIG.0402', inShort(await send(call)));
  } catch (error) {
    // Only Linux has all of 127.0.0.0/8; other systems have a single loopback address.
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error;
    screen.line(`${what}: not tried, since this system has no such address`);
  }
}

async function checkThrottle(screen: Screen, call: Call, limit: number): Promise<void> {
  const left = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (left < MARGIN_MS) {
    screen.line(`waiting ${Math.ceil(left / 1000)} s for the next window of the throttle`);
    await new Promise((resolve) => setTimeout(resolve, left));
  }
  const answers: Answer[] = [];
  for (let count = 0; count <= limit; count += 1) answers.push(await send(call));
  const admitted = answers.slice(0, limit).every(({ status }) => status === 200);
  const last = answers.at(-1);
  screen.check(
    `GET ${call.target}, calls 1 to ${limit} in a minute`,
    '200',
    admitted ? '200' : answers.map(inShort).join(' '),
  );
  screen.check(`GET ${call.target}, call ${limit + 1}`, '429 APIG.0308', last ? inShort(last) : 'nothing');
}

/** An app that the program knows nothing of and that nobody authorized. */
async function createStranger(
  gatewayId: string,
  connection: Connection,
): Promise<{ appKey: string; appSecret: string }> {
  const client = createClient(connection);
  const { id } = await client.app.create({ gatewayId, name: 'stranger' });
  const app = await client.app.get({ gatewayId, id });
  if (app?.appKey === undefined || app.appSecret === undefined) throw new Error('the app has no key');
  return { appKey: app.appKey, appSecret: app.appSecret };
}

async function inShortOf(call: Call): Promise<string> {
  return inShort(await send(call));
}
