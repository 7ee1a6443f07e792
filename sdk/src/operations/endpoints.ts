import { pageSchema, PAGING, type Area } from './operation.ts';
import { choice, filter, INSIDE, list, MALFORMED, MISPAGED, object, text, time, whole } from './schemas.ts';

const ENDPOINTS = 'instances/{gatewayId}/vpc-endpoint';

const STATUS = choice(
  ['pendingAcceptance', 'creating', 'accepted', 'rejected', 'failed', 'deleting'],
  'How far it is.',
);

const CONNECTION = object({
  id: text('ID.'),
  marker_id: whole('Number of the connection.'),
  created_at: time('Time of creation.'),
  updated_at: time('Time of the last change.'),
  domain_id: text('Account that has the endpoint.'),
  status: STATUS,
});

const PERMISSION = { type: 'string', pattern: '^iam:domain::([0-9a-f]{32}|\\*)$' };

const PERMISSIONS = object({
  permissions: {
    type: 'array',
    items: PERMISSION,
    minItems: 1,
    maxItems: 50,
    description: 'Accounts, as `iam:domain::` and their ID, or `*` for all.',
  },
});

/** Who may reach a gateway by endpoints in other VPCs. */
export const endpointOperations: Area = {
  title: 'VPC endpoint',
  text: 'Who may reach a gateway by an endpoint in another VPC. Permissions are kept; nobody can ask for a connection.',
  operations: [
    {
      id: 'listEndpointConnections',
      title: 'List the connections: there are none',
      source: 'API reference, "Querying VPC Endpoint Connections"',
      method: 'GET',
      path: `${ENDPOINTS}/connections`,
      status: 200,
      query: [
        ...PAGING,
        filter('id', 'Only this one.'),
        filter('marker_id', 'Only the one with this number.'),
        filter('status', 'Only those that are so far.'),
      ],
      answer: pageSchema('connections', CONNECTION),
      errors: [...INSIDE, ...MISPAGED],
    },
    {
      id: 'decideOnEndpointConnections',
      title: 'Accept or reject connections',
      source: 'API reference, "Accepting or Rejecting a VPC Endpoint Connection"',
      method: 'POST',
      path: `${ENDPOINTS}/connections/action`,
      status: 200,
      request: object({
        action: choice(['receive', 'reject'], 'What is done.'),
        endpoints: { ...list(text()), minItems: 1, maxItems: 50, description: 'IDs of connections.' },
      }),
      answer: pageSchema('connections', CONNECTION),
      errors: [...INSIDE, ...MALFORMED, 'endpointServiceNotFound'],
    },
    {
      id: 'listEndpointPermissions',
      title: 'List the permissions',
      source: 'API reference, "Querying the Whitelist of a VPC Endpoint Service"',
      method: 'GET',
      path: `${ENDPOINTS}/permissions`,
      status: 200,
      query: [...PAGING, filter('permission', 'Only permissions that contain this.')],
      answer: pageSchema(
        'permissions',
        object({ id: text('ID.'), permission: PERMISSION, created_at: time('Time of creation.') }),
      ),
      errors: [...INSIDE, ...MISPAGED],
    },
    {
      id: 'addEndpointPermissions',
      title: 'Add permissions',
      source: 'API reference, "Adding Whitelist Records for a VPC Endpoint Service"',
      method: 'POST',
      path: `${ENDPOINTS}/permissions/batch-add`,
      status: 200,
      request: PERMISSIONS,
      answer: PERMISSIONS,
      errors: [...INSIDE, ...MALFORMED, 'otherQuota'],
    },
    {
      id: 'deleteEndpointPermissions',
      title: 'Remove permissions',
      source: 'API reference, "Deleting Whitelist Records of a VPC Endpoint Service"',
      method: 'POST',
      path: `${ENDPOINTS}/permissions/batch-delete`,
      status: 200,
      request: PERMISSIONS,
      answer: PERMISSIONS,
      errors: [...INSIDE, ...MALFORMED],
    },
  ],
};
