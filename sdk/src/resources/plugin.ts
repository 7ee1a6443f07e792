import { z } from 'zod';
import { automatic, describe, example, immutable, jsonText, ref, wire } from '../describe.ts';
import { pattern, remark } from '../names.ts';
import { contentFault } from '../plugins/contents.ts';

/**
 * A policy of its own kind for calls or answers. It acts on the APIs to which it is attached. Source: API reference,
 * "Creating a Plug-in".
 */
export const plugin = describe({
  kind: 'plugin',
  title: 'plug-in',
  path: 'instances/{gatewayId}/plugins',
  operations: {
    shape: 'collection',
    listKey: 'plugins',
    idKey: 'plugin_id',
    read: { by: 'get' },
    updates: true,
  },
  missing: 'pluginNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'pluginNameTaken' },
  quota: { limit: 500, within: ['gatewayId'], error: 'otherQuota' },
  input: {
    /** Gateway that has the plug-in. Changing it replaces the plug-in. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 255 letters, digits, `_` and `-`, starting with a letter; unique in the gateway. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(
      wire(
        'plugin_name',
        pattern(/^[A-Za-z][\w-]{2,254}$/, '3 to 255 letters, digits, _ and -, starting with a letter'),
      ),
    ),
    /** What it does. An API has one plug-in of each type in an environment. Changing it replaces the plug-in. */
    type: wire(
      'plugin_type',
      immutable(
        example(
          'cors',
          z.enum([
            'cors',
            'set_resp_headers',
            'rate_limit',
            'breaker',
            'third_auth',
            'kafka_log',
            'proxy_cache',
            'proxy_mirror',
            'oidc_auth',
            'jwt_auth',
          ]),
        ),
      ),
    ),
    /** Where it may be used. Changing it replaces the plug-in. Default: `global`. */
    scope: wire('plugin_scope', immutable(z.enum(['global', 'app']).default('global'))),
    /** Settings as JSON text, at most 65,535 characters; what is in it depends on the type. The order of its keys has no meaning. */
    content: wire(
      'plugin_content',
      example('{"allow_origin":"*","allow_methods":"GET"}', jsonText(z.string().min(1).max(65_535))),
    ),
    /** Remark, at most 255 characters. */
    remark: remark(),
  },
  output: {
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
  rules: [
    {
      on: ['type', 'content'],
      check: ({ type, content }) => {
        const fault = contentFault(type, content);
        return fault === undefined ? [] : [{ path: ['content'], message: fault }];
      },
    },
  ],
});
