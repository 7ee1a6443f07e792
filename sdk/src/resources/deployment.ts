import { z } from 'zod';
import { asksFor, describe, immutable, local, ref, unless, wire } from '../describe.ts';
import { remark } from '../names.ts';

/** An API in force in an environment. Source: API reference, "Publishing an API or Taking It Offline". */
export const deployment = describe({
  kind: 'deployment',
  title: 'deployment',
  path: 'instances/{gatewayId}/apis',
  operations: { shape: 'publication' },
  missing: 'publicationNotFound',
  input: {
    /** Gateway that has the API. Changing it replaces the deployment. */
    gatewayId: immutable(ref('gateway')),
    /** API to publish. Changing it replaces the deployment. */
    apiId: immutable(ref('api')),
    /** Environment in which callers find it. Changing it replaces the deployment. */
    environmentId: immutable(wire('env_id', ref('environment'))),
    /** The API's `digest`. When the API's definition changes, it is published anew. */
    apiDigest: unless('version', local(z.string().min(1))),
    /** Remark on the publication, at most 255 characters. A change publishes anew. */
    remark: unless('version', remark()),
    /**
     * Number of an earlier version, `YYYYMMDDhhmmss`, to put in force in place of the API as it is now: a `versionNo` of
     * the same environment, of which the service keeps the last ten. Nothing is published while it is given.
     */
    version: asksFor(
      'versionNo',
      local(
        z
          .string()
          .regex(/^\d{14}$/, 'expected a version number, YYYYMMDDhhmmss')
          .optional(),
      ),
    ),
  },
  output: {
    /** Version in force. */
    versionId: z.string(),
    /** Time of its publication, `YYYYMMDDhhmmss` in UTC. */
    versionNo: z.string(),
    /** Identifies the pair of API and environment in policy bindings; stays when published anew. */
    publishId: z.string(),
  },
});
