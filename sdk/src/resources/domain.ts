import { z } from 'zod';
import { describe, generated, immutable, listOfOne, ref, spelled, wire } from '../describe.ts';
import { pattern } from '../names.ts';

const LABEL = '[A-Za-z0-9](?:[\\w-]{0,61}\\w)?';
const DOMAIN = new RegExp(
  `^(?=.{1,255}$)(?:(?:${LABEL}\\.){1,7}[A-Za-z]{2,64}\\.?|\\*(?:\\.${LABEL}){1,6})$`,
);

/** A domain on which a group answers. Source: API reference, "Binding a Domain Name". */
export const domain = describe({
  kind: 'domain',
  title: 'domain binding',
  path: 'instances/{gatewayId}/api-groups/{groupId}/domains',
  operations: {
    shape: 'collection',
    listKey: 'url_domains',
    read: {
      by: 'parent',
      path: 'instances/{gatewayId}/api-groups/{groupId}',
      array: 'url_domains',
      rename: { domain: 'url_domain', cname_status: 'status' },
    },
    updates: true,
    status: { update: 201 },
    aspects: [
      {
        fields: ['certificateId', 'verifyClientCertificate'],
        path: 'certificates/attach',
        inCreate: false,
        add: 'POST',
        change: 'POST',
        remove: 'POST',
        errors: ['domainOfOtherGroup'],
        addErrors: ['certificateNotForDomain'],
        removeErrors: ['domainOfOtherGroup', 'domainHasNoCertificate'],
        removePath: 'certificates/detach',
        status: { add: 204, change: 204 },
      },
    ],
  },
  missing: 'domainNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'domainTaken' },
  quota: {
    config: 'APIGROUP_DOMAIN_NUM_LIMIT',
    limit: 5,
    within: ['gatewayId', 'groupId'],
    error: 'domainQuota',
  },
  input: {
    /** Gateway that has the group. Changing it replaces the domain binding. */
    gatewayId: immutable(ref('gateway')),
    /** Group that answers on the domain. Changing it replaces the domain binding. */
    groupId: immutable(ref('apiGroup')),
    /** Domain name, or `*.` and a domain name; unique in the gateway. Changing it replaces the domain binding. */
    name: immutable(
      spelled(
        formOfDomain,
        wire('url_domain', pattern(DOMAIN, 'a domain name such as api.example.com or *.example.com')),
      ),
    ),
    /** Lowest TLS version that callers may use. Default: `TLSv1.1`. */
    minTlsVersion: wire('min_ssl_version', z.enum(['TLSv1.1', 'TLSv1.2']).default('TLSv1.1')),
    /** Whether plain HTTP calls are redirected to HTTPS. Takes effect with a certificate and an API that serves HTTPS. Default: `false`. */
    redirectToHttps: wire('is_http_redirect_to_https', z.boolean().default(false)),
    /** Certificate that HTTPS callers of the domain meet. */
    certificateId: wire('certificate_ids', listOfOne(ref('certificate')).optional()),
    /** Whether callers must show a certificate that the certificate's trusted authorities issued. Left out: if there are such. */
    verifyClientCertificate: wire('verified_client_certificate_enabled', generated(z.boolean())),
  },
  output: {},
  rules: [
    {
      on: ['certificateId', 'verifyClientCertificate'],
      check: ({ certificateId, verifyClientCertificate }) =>
        verifyClientCertificate === true && certificateId === undefined
          ? [{ path: ['verifyClientCertificate'], message: 'expected true only with a certificate' }]
          : [],
    },
  ],
  fill: {
    on: ['certificateId', 'verifyClientCertificate'],
    // Without a certificate nobody is asked for one, which answers say and programs need not.
    from: ({ verifyClientCertificate, ...value }) =>
      value.certificateId === undefined && verifyClientCertificate !== true
        ? value
        : { ...value, verifyClientCertificate },
  },
  fromWire: (body) => {
    const attached = [body['ssl_id'], firstId(body['ssl_infos'])].find(
      (id) => typeof id === 'string' && id !== '',
    );
    return attached === undefined ? body : { certificate_ids: [attached], ...body };
  },
});

/** The one form of names that are the same domain: case and the dot of the root mean nothing (RFC 4343; RFC 1034, section 3.1). */
export function formOfDomain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function firstId(infos: unknown): unknown {
  const [first] = Array.isArray(infos) ? (infos as readonly { readonly ssl_id?: unknown }[]) : [];
  return first?.ssl_id;
}
