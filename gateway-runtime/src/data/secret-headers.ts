/** Headers whose values no log ever tells, in lower case. */
export const SECRET_HEADERS: ReadonlySet<string> = new Set([
  ...['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-auth-token', 'x-security-token'],
  ...['x-hw-appkey', 'x-apig-appcode', 'apikey'],
]);

/** What stands in their place. */
export const MASK = '***';
