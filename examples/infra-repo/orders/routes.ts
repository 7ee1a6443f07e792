/** One operation of the orders service. */
export interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly authentication: 'NONE' | 'APP';
}

/** What the orders service offers. */
export const routes: readonly Route[] = [
  { name: 'list_products', method: 'GET', path: '/products', authentication: 'NONE' },
  { name: 'list_orders', method: 'GET', path: '/orders', authentication: 'APP' },
  { name: 'place_order', method: 'POST', path: '/orders', authentication: 'APP' },
  { name: 'get_order', method: 'GET', path: '/orders/{orderId}', authentication: 'APP' },
  { name: 'cancel_order', method: 'DELETE', path: '/orders/{orderId}', authentication: 'APP' },
  { name: 'export_orders', method: 'GET', path: '/exports/orders', authentication: 'APP' },
];
