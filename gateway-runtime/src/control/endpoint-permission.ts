/** What is expected of a permission. */
export const PERMISSION_FORM = 'expected iam:domain:: and the ID of an account, or * for all';

/** Whether a value names who may ask for an endpoint. Source: API reference, "Adding Endpoint Service Permissions". */
export function isPermission(value: unknown): value is string {
  return typeof value === 'string' && /^iam:domain::(?:[0-9a-f]{32}|\*)$/.test(value);
}
