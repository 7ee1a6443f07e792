import * as apig from '@apig/provider';

const gateway = new apig.Gateway('shop', {
  name: 'shop',
  edition: 'BASIC',
  vpcId: 'vpc-shop',
  subnetId: 'subnet-shop',
  securityGroupId: 'sg-shop',
  availableZoneIds: ['az-1'],
});

const shop = new apig.RestApi('shop', {
  gatewayId: gateway.id,
  backend: { address: 'shop.internal:8080', path: '/v1' },
  throttle: { apiCallLimit: 1000, timeInterval: 1, timeUnit: 'MINUTE' },
  routes: {
    'GET /products': { authentication: 'NONE' },
    'GET /products/{productId}': { authentication: 'NONE' },
    'POST /orders': { allowAppCode: true },
    'GET /orders/{orderId}': { remark: 'one order, with its lines' },
    'GET /health': { authentication: 'NONE', mockBackend: { result: 'well' } },
  },
});

const storefront = new apig.Product('storefront', { apis: [shop] });
const reseller = new apig.Product('reseller', {
  apis: [shop],
  quota: { callLimit: 10_000, timeInterval: 1, timeUnit: 'DAY' },
});

export const url = shop.url;
export const keys = { storefront: storefront.appKey, reseller: reseller.appKey };
export const secrets = { storefront: storefront.appSecret, reseller: reseller.appSecret };
