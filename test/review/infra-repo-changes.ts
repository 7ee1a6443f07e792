/** A change to the orders project of examples/infra-repo, and what its review must say. */
export interface InfraChange {
  readonly name: string;
  /** File to the texts that are replaced in it; each must be there. */
  readonly files: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  readonly verdict: 'none' | 'neutral' | 'loosening' | 'breaking';
  /** Every group of requests that are treated otherwise: verdict, API and summary; no others may be there. */
  readonly outcomes: readonly string[];
}

const CONFIG = 'Pulumi.dev.yaml';
const PROGRAM = 'index.ts';
const ROUTES = 'routes.ts';

const route = (name: string, method: string, path: string, authentication: string) =>
  `{ name: '${name}', method: '${method}', path: '${path}', authentication: '${authentication}' }`;
const PRODUCTS = route('list_products', 'GET', '/products', 'NONE');
const LIST = route('list_orders', 'GET', '/orders', 'APP');
const PLACE = route('place_order', 'POST', '/orders', 'APP');
const CANCEL = route('cancel_order', 'DELETE', '/orders/{orderId}', 'APP');
const EXPORT = route('export_orders', 'GET', '/exports/orders', 'APP');

const inRoutes = (from: string, to: string) => ({ [ROUTES]: [[from, to]] as const });
const inProgram = (from: string, to: string) => ({ [PROGRAM]: [[from, to]] as const });
const inConfig = (from: string, to: string) => ({ [CONFIG]: [[from, to]] as const });

/** Changes as teams make them, one at a time, to what is deployed. */
export const CHANGES: readonly InfraChange[] = [
  {
    name: 'nothing but a comment',
    files: inProgram('// One API and', '// An API and'),
    verdict: 'none',
    outcomes: [],
  },
  {
    name: 'the order of the routes',
    files: {
      [ROUTES]: [
        [LIST, 'SWAP'],
        [PLACE, LIST],
        ['SWAP', PLACE],
      ],
    },
    verdict: 'none',
    outcomes: [],
  },
  {
    name: 'the remark of the group',
    files: inProgram("remark: 'Orders of the shop'", "remark: 'All orders'"),
    verdict: 'none',
    outcomes: [],
  },
  {
    name: 'fewer calls a minute',
    files: inConfig('callsPerMinute: "60"', 'callsPerMinute: "30"'),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: limit 60 calls per minute (api) → 30 calls per minute (api)',
      'breaking: export_orders: limit 60 calls per minute (api) → 30 calls per minute (api)',
      'breaking: get_order: limit 60 calls per minute (api) → 30 calls per minute (api)',
      'breaking: list_orders: limit 60 calls per minute (api) → 30 calls per minute (api)',
      'breaking: list_products: limit 60 calls per minute (api) → 30 calls per minute (api)',
      'breaking: place_order: limit 60 calls per minute (api) → 30 calls per minute (api)',
    ],
  },
  {
    name: 'more calls a minute',
    files: inConfig('callsPerMinute: "60"', 'callsPerMinute: "600"'),
    verdict: 'loosening',
    outcomes: [
      'loosening: cancel_order: limit 60 calls per minute (api) → 600 calls per minute (api)',
      'loosening: export_orders: limit 60 calls per minute (api) → 600 calls per minute (api)',
      'loosening: get_order: limit 60 calls per minute (api) → 600 calls per minute (api)',
      'loosening: list_orders: limit 60 calls per minute (api) → 600 calls per minute (api)',
      'loosening: list_products: limit 60 calls per minute (api) → 600 calls per minute (api)',
      'loosening: place_order: limit 60 calls per minute (api) → 600 calls per minute (api)',
    ],
  },
  {
    name: 'the same limit in seconds',
    files: inProgram("timeUnit: 'MINUTE'", "timeUnit: 'SECOND'"),
    verdict: 'loosening',
    outcomes: [
      'loosening: cancel_order: limit 60 calls per minute (api) → 60 calls per second (api)',
      'loosening: export_orders: limit 60 calls per minute (api) → 60 calls per second (api)',
      'loosening: get_order: limit 60 calls per minute (api) → 60 calls per second (api)',
      'loosening: list_orders: limit 60 calls per minute (api) → 60 calls per second (api)',
      'loosening: list_products: limit 60 calls per minute (api) → 60 calls per second (api)',
      'loosening: place_order: limit 60 calls per minute (api) → 60 calls per second (api)',
    ],
  },
  {
    name: 'a limit by the hour',
    files: inProgram("timeUnit: 'MINUTE'", "timeUnit: 'HOUR'"),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: limit 60 calls per minute (api) → 60 calls per hour (api)',
      'breaking: export_orders: limit 60 calls per minute (api) → 60 calls per hour (api)',
      'breaking: get_order: limit 60 calls per minute (api) → 60 calls per hour (api)',
      'breaking: list_orders: limit 60 calls per minute (api) → 60 calls per hour (api)',
      'breaking: list_products: limit 60 calls per minute (api) → 60 calls per hour (api)',
      'breaking: place_order: limit 60 calls per minute (api) → 60 calls per hour (api)',
    ],
  },
  {
    name: 'a limit for each app too',
    files: inProgram("timeUnit: 'MINUTE',\n", "timeUnit: 'MINUTE',\n  appCallLimit: 10,\n"),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: limit none → 10 calls per minute (app)',
      'breaking: export_orders: limit none → 10 calls per minute (app)',
      'breaking: get_order: limit none → 10 calls per minute (app)',
      'breaking: list_orders: limit none → 10 calls per minute (app)',
      'breaking: place_order: limit none → 10 calls per minute (app)',
    ],
  },
  {
    name: 'a limit for each address too',
    files: inProgram("timeUnit: 'MINUTE',\n", "timeUnit: 'MINUTE',\n  ipCallLimit: 10,\n"),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: limit none → 10 calls per minute (ip)',
      'breaking: export_orders: limit none → 10 calls per minute (ip)',
      'breaking: get_order: limit none → 10 calls per minute (ip)',
      'breaking: list_orders: limit none → 10 calls per minute (ip)',
      'breaking: list_products: limit none → 10 calls per minute (ip)',
      'breaking: place_order: limit none → 10 calls per minute (ip)',
    ],
  },
  {
    name: 'one limit for all APIs together',
    files: inProgram(
      "name: 'orders',\n  apiCallLimit",
      "name: 'orders',\n  scope: 'SHARED',\n  apiCallLimit",
    ),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: limit 60 calls per minute (api) → 60 calls per minute (api, shared)',
      'breaking: export_orders: limit 60 calls per minute (api) → 60 calls per minute (api, shared)',
      'breaking: get_order: limit 60 calls per minute (api) → 60 calls per minute (api, shared)',
      'breaking: list_orders: limit 60 calls per minute (api) → 60 calls per minute (api, shared)',
      'breaking: list_products: limit 60 calls per minute (api) → 60 calls per minute (api, shared)',
      'breaking: place_order: limit 60 calls per minute (api) → 60 calls per minute (api, shared)',
    ],
  },
  {
    name: 'no limit any more',
    files: inProgram(
      "new apig.ThrottleBinding('orders', { ...inRelease, throttleId: throttle.id, apiIds: idsOf(published) });",
      '',
    ),
    verdict: 'loosening',
    outcomes: [
      'loosening: cancel_order: limit 60 calls per minute (api) → 200 calls per second (gateway)',
      'loosening: export_orders: limit 60 calls per minute (api) → 200 calls per second (gateway)',
      'loosening: get_order: limit 60 calls per minute (api) → 200 calls per second (gateway)',
      'loosening: list_orders: limit 60 calls per minute (api) → 200 calls per second (gateway)',
      'loosening: list_products: limit 60 calls per minute (api) → 200 calls per second (gateway)',
      'loosening: place_order: limit 60 calls per minute (api) → 200 calls per second (gateway)',
    ],
  },
  {
    name: 'the limit for writes only',
    files: inProgram(
      'apiIds: idsOf(published) });',
      "apiIds: idsOf(published.filter(({ name }) => name === 'place_order')) });",
    ),
    verdict: 'loosening',
    outcomes: [
      'loosening: cancel_order: limit 60 calls per minute (api) → 200 calls per second (gateway)',
      'loosening: export_orders: limit 60 calls per minute (api) → 200 calls per second (gateway)',
      'loosening: get_order: limit 60 calls per minute (api) → 200 calls per second (gateway)',
      'loosening: list_orders: limit 60 calls per minute (api) → 200 calls per second (gateway)',
      'loosening: list_products: limit 60 calls per minute (api) → 200 calls per second (gateway)',
    ],
  },
  {
    name: 'signatures for what was public',
    files: inRoutes(PRODUCTS, PRODUCTS.replace('NONE', 'APP')),
    verdict: 'breaking',
    outcomes: [
      'breaking: list_products: served → 401 APIG.0303',
      'neutral: list_products: the backend is asked otherwise',
    ],
  },
  {
    name: 'no signatures for the list of orders',
    files: inRoutes(LIST, LIST.replace('APP', 'NONE')),
    verdict: 'loosening',
    outcomes: [
      'loosening: list_orders: 401 APIG.0303 → served',
      'neutral: list_orders: the backend is asked otherwise',
    ],
  },
  {
    name: 'an API less',
    files: inRoutes(`  ${CANCEL},\n`, ''),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: served → 404 APIG.0101',
      'neutral: cancel_order: 401 APIG.0303 → 404 APIG.0101',
    ],
  },
  {
    name: 'an API more',
    files: inRoutes(
      `  ${EXPORT},\n`,
      `  ${EXPORT},\n  ${route('list_returns', 'GET', '/returns', 'APP')},\n`,
    ),
    verdict: 'neutral',
    outcomes: [
      'neutral: list_returns: 404 APIG.0101 → 401 APIG.0303',
      'neutral: list_returns: 404 APIG.0101 → served',
      'neutral: list_returns: another answer',
    ],
  },
  {
    name: 'a public API more',
    files: inRoutes(`  ${EXPORT},\n`, `  ${EXPORT},\n  ${route('status', 'GET', '/status', 'NONE')},\n`),
    verdict: 'neutral',
    outcomes: ['neutral: status: 404 APIG.0101 → served', 'neutral: status: another answer'],
  },
  {
    name: 'an API that takes calls from another',
    files: inRoutes(
      `  ${EXPORT},\n`,
      `  ${EXPORT},\n  ${route('latest_order', 'GET', '/orders/latest', 'APP')},\n`,
    ),
    verdict: 'breaking',
    outcomes: ['breaking: latest_order: API get_order → API latest_order'],
  },
  {
    name: 'another name for an API',
    files: inRoutes("name: 'list_orders'", "name: 'find_orders'"),
    verdict: 'breaking',
    outcomes: [
      'breaking: find_orders: API list_orders → API find_orders',
      'breaking: list_orders: API list_orders → API find_orders',
      'breaking: place_order: API list_orders → API find_orders',
    ],
  },
  {
    name: 'another path',
    files: inRoutes("path: '/exports/orders'", "path: '/exports/all-orders'"),
    verdict: 'breaking',
    outcomes: [
      'breaking: export_orders: served → 404 APIG.0101',
      'neutral: export_orders: 401 APIG.0303 → 404 APIG.0101',
      'neutral: export_orders: 403 APIG.0402 → 404 APIG.0101',
      'neutral: export_orders: 404 APIG.0101 → 401 APIG.0303',
      'neutral: export_orders: 404 APIG.0101 → 403 APIG.0402',
      'neutral: export_orders: 404 APIG.0101 → served',
      'neutral: export_orders: another answer',
    ],
  },
  {
    name: 'another method',
    files: inRoutes("method: 'DELETE'", "method: 'PUT'"),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: served → 404 APIG.0101',
      'neutral: cancel_order: 401 APIG.0303 → 404 APIG.0101',
      'neutral: cancel_order: 404 APIG.0101 → 401 APIG.0303',
      'neutral: cancel_order: 404 APIG.0101 → served',
    ],
  },
  {
    name: 'another name of a path parameter',
    files: { [ROUTES]: [["'GET', path: '/orders/{orderId}'", "'GET', path: '/orders/{id}'"]] },
    verdict: 'none',
    outcomes: [],
  },
  {
    name: 'encrypted calls only',
    files: inProgram("protocol: 'BOTH'", "protocol: 'HTTPS'"),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: served → 400 APIG.0607',
      'breaking: export_orders: served → 400 APIG.0607',
      'breaking: get_order: served → 400 APIG.0607',
      'breaking: list_orders: served → 400 APIG.0607',
      'breaking: list_products: served → 400 APIG.0607',
      'breaking: place_order: served → 400 APIG.0607',
    ],
  },
  {
    name: 'a prefix in the place of a path',
    files: inProgram(
      "protocol: 'BOTH',",
      "protocol: 'BOTH',\n    matchMode: name === 'export_orders' ? 'PREFIX' : 'EXACT',",
    ),
    verdict: 'neutral',
    outcomes: ['neutral: export_orders: 404 APIG.0101 → served'],
  },
  {
    name: 'another backend',
    files: inConfig('orders.dev.internal:8080', 'orders2.dev.internal:8080'),
    verdict: 'neutral',
    outcomes: [
      'neutral: cancel_order: backend DELETE http://orders.dev.internal:8080/v1/orders/sample → DELETE http://orders2.dev.internal:8080/v1/orders/sample',
      'neutral: cancel_order: backend GET http://orders.dev.internal:8080/v1/orders/sample → GET http://orders2.dev.internal:8080/v1/orders/sample',
      'neutral: export_orders: backend GET http://orders.dev.internal:8080/v1/exports/orders → GET http://orders2.dev.internal:8080/v1/exports/orders',
      'neutral: get_order: backend GET http://orders.dev.internal:8080/v1/orders → GET http://orders2.dev.internal:8080/v1/orders',
      'neutral: get_order: backend GET http://orders.dev.internal:8080/v1/orders/sample → GET http://orders2.dev.internal:8080/v1/orders/sample',
      'neutral: list_orders: backend GET http://orders.dev.internal:8080/v1/orders → GET http://orders2.dev.internal:8080/v1/orders',
      'neutral: list_orders: backend GET http://orders.dev.internal:8080/v1/orders/more → GET http://orders2.dev.internal:8080/v1/orders/more',
      'neutral: list_orders: backend POST http://orders.dev.internal:8080/v1/orders → POST http://orders2.dev.internal:8080/v1/orders',
      'neutral: list_products: backend GET http://orders.dev.internal:8080/v1/products → GET http://orders2.dev.internal:8080/v1/products',
      'neutral: place_order: backend GET http://orders.dev.internal:8080/v1/orders → GET http://orders2.dev.internal:8080/v1/orders',
      'neutral: place_order: backend POST http://orders.dev.internal:8080/v1/orders → POST http://orders2.dev.internal:8080/v1/orders',
    ],
  },
  {
    name: 'another path at the backend',
    files: inProgram('path: `/v1${path}`', 'path: `/v2${path}`'),
    verdict: 'neutral',
    outcomes: [
      'neutral: cancel_order: backend DELETE http://orders.dev.internal:8080/v1/orders/sample → DELETE http://orders.dev.internal:8080/v2/orders/sample',
      'neutral: cancel_order: backend GET http://orders.dev.internal:8080/v1/orders/sample → GET http://orders.dev.internal:8080/v2/orders/sample',
      'neutral: export_orders: backend GET http://orders.dev.internal:8080/v1/exports/orders → GET http://orders.dev.internal:8080/v2/exports/orders',
      'neutral: get_order: backend GET http://orders.dev.internal:8080/v1/orders → GET http://orders.dev.internal:8080/v2/orders',
      'neutral: get_order: backend GET http://orders.dev.internal:8080/v1/orders/sample → GET http://orders.dev.internal:8080/v2/orders/sample',
      'neutral: list_orders: backend GET http://orders.dev.internal:8080/v1/orders → GET http://orders.dev.internal:8080/v2/orders',
      'neutral: list_orders: backend GET http://orders.dev.internal:8080/v1/orders/more → GET http://orders.dev.internal:8080/v2/orders/more',
      'neutral: list_orders: backend POST http://orders.dev.internal:8080/v1/orders → POST http://orders.dev.internal:8080/v2/orders',
      'neutral: list_products: backend GET http://orders.dev.internal:8080/v1/products → GET http://orders.dev.internal:8080/v2/products',
      'neutral: place_order: backend GET http://orders.dev.internal:8080/v1/orders → GET http://orders.dev.internal:8080/v2/orders',
      'neutral: place_order: backend POST http://orders.dev.internal:8080/v1/orders → POST http://orders.dev.internal:8080/v2/orders',
    ],
  },
  {
    name: 'an encrypted backend',
    files: inProgram("protocol: 'HTTP',", "protocol: 'HTTPS',"),
    verdict: 'neutral',
    outcomes: [
      'neutral: cancel_order: backend DELETE http://orders.dev.internal:8080/v1/orders/sample → DELETE https://orders.dev.internal:8080/v1/orders/sample',
      'neutral: cancel_order: backend GET http://orders.dev.internal:8080/v1/orders/sample → GET https://orders.dev.internal:8080/v1/orders/sample',
      'neutral: export_orders: backend GET http://orders.dev.internal:8080/v1/exports/orders → GET https://orders.dev.internal:8080/v1/exports/orders',
      'neutral: get_order: backend GET http://orders.dev.internal:8080/v1/orders → GET https://orders.dev.internal:8080/v1/orders',
      'neutral: get_order: backend GET http://orders.dev.internal:8080/v1/orders/sample → GET https://orders.dev.internal:8080/v1/orders/sample',
      'neutral: list_orders: backend GET http://orders.dev.internal:8080/v1/orders → GET https://orders.dev.internal:8080/v1/orders',
      'neutral: list_orders: backend GET http://orders.dev.internal:8080/v1/orders/more → GET https://orders.dev.internal:8080/v1/orders/more',
      'neutral: list_orders: backend POST http://orders.dev.internal:8080/v1/orders → POST https://orders.dev.internal:8080/v1/orders',
      'neutral: list_products: backend GET http://orders.dev.internal:8080/v1/products → GET https://orders.dev.internal:8080/v1/products',
      'neutral: place_order: backend GET http://orders.dev.internal:8080/v1/orders → GET https://orders.dev.internal:8080/v1/orders',
      'neutral: place_order: backend POST http://orders.dev.internal:8080/v1/orders → POST https://orders.dev.internal:8080/v1/orders',
    ],
  },
  {
    name: 'more time for the backend',
    files: inProgram('timeoutMs: 5000', 'timeoutMs: 10_000'),
    verdict: 'neutral',
    outcomes: [
      'neutral: cancel_order: the backend is asked otherwise',
      'neutral: export_orders: the backend is asked otherwise',
      'neutral: get_order: the backend is asked otherwise',
      'neutral: list_orders: the backend is asked otherwise',
      'neutral: list_products: the backend is asked otherwise',
      'neutral: place_order: the backend is asked otherwise',
    ],
  },
  {
    name: 'an answer in the place of the backend',
    files: inProgram(
      "httpBackend: {\n      address: config.require('backendAddress'),\n      protocol: 'HTTP',\n      method,\n      path: `/v1${path}`,\n      timeoutMs: 5000,\n    },\n    backendParameters: [...path.matchAll(/\\{(\\w+)\\}/g)].map(([, parameter = '']) => ({\n      name: parameter,\n      location: 'PATH',\n      origin: 'REQUEST',\n      value: parameter,\n    })),",
      "mockBackend: { result: 'later' },",
    ),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: served → 200',
      'breaking: export_orders: served → 200',
      'breaking: get_order: served → 200',
      'breaking: list_orders: served → 200',
      'breaking: list_products: served → 200',
      'breaking: place_order: served → 200',
    ],
  },
  {
    name: 'another network of partners',
    files: inConfig('198.51.100.0/24', '203.0.113.0/24'),
    verdict: 'breaking',
    outcomes: [
      'breaking: export_orders: served → 403 APIG.0402',
      'loosening: export_orders: 403 APIG.0402 → served',
      'neutral: export_orders: 401 APIG.0303 → 403 APIG.0402',
    ],
  },
  {
    name: 'a wider network of partners',
    files: inConfig('198.51.100.0/24', '198.51.0.0/16'),
    verdict: 'loosening',
    outcomes: ['loosening: export_orders: 403 APIG.0402 → served'],
  },
  {
    name: 'a narrower network of partners',
    files: inConfig('198.51.100.0/24', '198.51.100.0/25'),
    verdict: 'breaking',
    outcomes: ['breaking: export_orders: served → 403 APIG.0402'],
  },
  {
    name: 'one more network of partners',
    files: inConfig('    - 198.51.100.0/24', '    - 198.51.100.0/24\n    - 192.0.2.0/24'),
    verdict: 'loosening',
    outcomes: ['loosening: export_orders: 403 APIG.0402 → served'],
  },
  {
    name: 'another spelling of the same network',
    files: inConfig('198.51.100.0/24', '198.51.100.0-198.51.100.255'),
    verdict: 'none',
    outcomes: [],
  },
  {
    name: 'partners from everywhere',
    files: inProgram(
      "new apig.AclBinding('partners', { ...inRelease, aclId: partners.id, apiIds: idsOf(forPartners) });",
      '',
    ),
    verdict: 'loosening',
    outcomes: ['loosening: export_orders: 403 APIG.0402 → served'],
  },
  {
    name: 'partners only, for every API',
    files: inProgram('apiIds: idsOf(forPartners)', 'apiIds: idsOf(published)'),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: served → 403 APIG.0402',
      'breaking: get_order: served → 403 APIG.0402',
      'breaking: list_orders: served → 403 APIG.0402',
      'breaking: list_products: served → 403 APIG.0402',
      'breaking: place_order: served → 403 APIG.0402',
    ],
  },
  {
    name: 'a list of who is kept out',
    files: inProgram("type: 'PERMIT'", "type: 'DENY'"),
    verdict: 'breaking',
    outcomes: [
      'breaking: export_orders: served → 403 APIG.0402',
      'loosening: export_orders: 403 APIG.0402 → served',
      'neutral: export_orders: 401 APIG.0303 → 403 APIG.0402',
    ],
  },
  {
    name: 'an app less',
    files: inProgram(
      "new apig.AppAuthorization('storefront', { ...inRelease, appId: storefront.id, apiIds: idsOf(forApps) });",
      '',
    ),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: served → 403 APIG.0304',
      'breaking: export_orders: served → 403 APIG.0304',
      'breaking: get_order: served → 403 APIG.0304',
      'breaking: list_orders: served → 403 APIG.0304',
      'breaking: place_order: served → 403 APIG.0304',
    ],
  },
  {
    name: 'an app for one API less',
    files: inProgram(
      'apiIds: idsOf(forApps)',
      "apiIds: idsOf(forApps.filter(({ name }) => name !== 'place_order'))",
    ),
    verdict: 'breaking',
    outcomes: ['breaking: place_order: served → 403 APIG.0304'],
  },
  {
    name: 'one app more',
    files: inProgram(
      'export const storefrontKey',
      "const kiosk = new apig.App('kiosk', { ...here, name: 'kiosk' });\nnew apig.AppAuthorization('kiosk', { ...inRelease, appId: kiosk.id, apiIds: idsOf(forApps) });\nexport const storefrontKey",
    ),
    verdict: 'loosening',
    outcomes: [
      'loosening: cancel_order: 401 APIG.0303 → served',
      'loosening: export_orders: 401 APIG.0303 → served',
      'loosening: get_order: 401 APIG.0303 → served',
      'loosening: list_orders: 401 APIG.0303 → served',
      'loosening: place_order: 401 APIG.0303 → served',
      'neutral: cancel_order: another answer',
      'neutral: export_orders: another answer',
      'neutral: get_order: another answer',
      'neutral: list_orders: another answer',
      'neutral: place_order: another answer',
    ],
  },
  {
    name: 'AppCodes allowed, and one for the storefront',
    files: {
      [PROGRAM]: [
        [
          'authentication,\n    requestParameters',
          "authentication,\n    allowAppCode: authentication === 'APP',\n    requestParameters",
        ],
        [
          'export const storefrontKey',
          "new apig.AppCode('storefront', { ...here, appId: storefront.id });\nexport const storefrontKey",
        ],
      ],
    },
    verdict: 'loosening',
    outcomes: [
      'loosening: cancel_order: 401 APIG.0303 → served',
      'loosening: export_orders: 401 APIG.0303 → served',
      'loosening: get_order: 401 APIG.0303 → served',
      'loosening: list_orders: 401 APIG.0303 → served',
      'loosening: place_order: 401 APIG.0303 → served',
    ],
  },
  {
    name: 'a required parameter',
    files: inProgram(
      'required: true,\n    })),',
      "required: true,\n    })).concat(name === 'list_orders' ? [{ name: 'page', location: 'QUERY', type: 'STRING', required: true }] : []),",
    ),
    verdict: 'breaking',
    outcomes: ['breaking: list_orders: served → 400 APIG.0106'],
  },
  {
    name: 'another domain',
    files: inConfig('domain: orders.dev.example.com', 'domain: shop.dev.example.com'),
    verdict: 'breaking',
    outcomes: [
      'breaking: cancel_order: served → 404 APIG.0101',
      'breaking: export_orders: served → 404 APIG.0101',
      'breaking: get_order: served → 404 APIG.0101',
      'breaking: list_orders: served → 404 APIG.0101',
      'breaking: list_products: served → 404 APIG.0101',
      'breaking: place_order: served → 404 APIG.0101',
      'neutral: cancel_order: 401 APIG.0303 → 404 APIG.0101',
      'neutral: cancel_order: 404 APIG.0101 → served',
      'neutral: cancel_order: another answer',
      'neutral: export_orders: 401 APIG.0303 → 404 APIG.0101',
      'neutral: export_orders: 403 APIG.0402 → 404 APIG.0101',
      'neutral: export_orders: 404 APIG.0101 → served',
      'neutral: export_orders: another answer',
      'neutral: get_order: 401 APIG.0303 → 404 APIG.0101',
      'neutral: get_order: 404 APIG.0101 → served',
      'neutral: get_order: another answer',
      'neutral: list_orders: 401 APIG.0303 → 404 APIG.0101',
      'neutral: list_orders: 404 APIG.0101 → served',
      'neutral: list_orders: another answer',
      'neutral: list_products: 404 APIG.0101 → served',
      'neutral: list_products: another answer',
      'neutral: place_order: 401 APIG.0303 → 404 APIG.0101',
      'neutral: place_order: 404 APIG.0101 → served',
      'neutral: place_order: another answer',
    ],
  },
  {
    name: 'calls from other sites',
    files: inProgram(
      'authentication,\n    requestParameters',
      'authentication,\n    cors: true,\n    requestParameters',
    ),
    verdict: 'loosening',
    outcomes: [
      'loosening: cancel_order: with answers to all origins',
      'loosening: export_orders: with answers to all origins',
      'loosening: get_order: with answers to all origins',
      'loosening: list_orders: with answers to all origins',
      'loosening: list_products: with answers to all origins',
      'loosening: place_order: with answers to all origins',
      'neutral: cancel_order: another answer',
      'neutral: export_orders: another answer',
      'neutral: get_order: another answer',
      'neutral: list_orders: another answer',
      'neutral: place_order: another answer',
    ],
  },
];
