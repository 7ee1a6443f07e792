import { z } from 'zod';
import { authorityFaults, chainFaults, keyFaults } from '../certificates/check.ts';
import { factsOf } from '../certificates/facts.ts';
import { normalPem, parseCertificates } from '../certificates/pem.ts';
import { automatic, describe, example, immutable, ref, secret, wire, writeOnly } from '../describe.ts';
import { pattern } from '../names.ts';

/** What `instance_id` says of a certificate that all gateways of the project may use. */
const COMMON = 'common';

/** A TLS certificate that domain bindings may serve. Source: API reference, "Creating an SSL Certificate". */
export const certificate = describe({
  kind: 'certificate',
  title: 'certificate',
  path: 'certificates',
  operations: {
    shape: 'collection',
    listKey: 'certs',
    read: { by: 'get' },
    updates: true,
    listIsBrief: true,
    status: { create: 200 },
  },
  missing: 'certificateNotFound',
  unique: { within: [], fields: ['name'], error: 'certificateNameTaken' },
  input: {
    /** 4 to 50 letters, digits, underscores and `-`, starting with a letter; unique in the project. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(
      example(
        'orders',
        pattern(/^[A-Za-z][\w-]{3,49}$/, '4 to 50 letters, digits, _ and -, starting with a letter'),
      ),
    ),
    /** Who may use it: all gateways of the project (`global`), or one (`instance`). Changing it replaces the certificate. Default: `global`. */
    type: immutable(z.enum(['global', 'instance']).default('global')),
    /** The gateway that may use it; given with type `instance` only. Changing it replaces the certificate. */
    gatewayId: immutable(wire('instance_id', ref('gateway').optional())),
    /** The certificate in PEM, followed by those that issued it, each after the one that it issued. */
    certificate: writeOnly(wire('cert_content', pem())),
    /** The certificate's private key in PEM, not encrypted. */
    privateKey: writeOnly(secret(pem())),
    /** Certificates in PEM of the authorities that callers' certificates must be issued by. Left out: callers need none. */
    trustedRootCa: writeOnly(pem().optional()),
  },
  output: {
    /** Common name of the certificate. */
    commonName: z.string(),
    /** Host names and addresses that it is for. */
    subjectAlternativeNames: wire('san', z.array(z.string())),
    /** Start of its validity, RFC 3339 in UTC. */
    notBefore: z.string(),
    /** End of its validity, RFC 3339 in UTC. */
    notAfter: z.string(),
    /** Algorithm of its signature, such as `SHA256-RSA`. */
    signatureAlgorithm: z.string(),
    /** Serial number, decimal. */
    serialNumber: z.string(),
    /** Whether callers' certificates can be verified with it. */
    hasTrustedRootCa: wire('is_has_trusted_root_ca', z.boolean()),
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
  rules: [
    {
      on: ['type', 'gatewayId'],
      check: ({ type, gatewayId }) => {
        if ((type === 'instance') === (gatewayId !== undefined)) return [];
        return type === 'instance'
          ? [{ path: ['gatewayId'], message: 'expected a value', error: 'valueMissing' }]
          : [{ path: ['gatewayId'], message: 'expected only with type instance' }];
      },
    },
    { on: ['certificate'], check: (value) => chainFaults('certificate', value.certificate) },
    {
      on: ['certificate', 'privateKey'],
      check: (value) => keyFaults('privateKey', value.privateKey, value.certificate),
    },
    {
      on: ['trustedRootCa'],
      check: ({ trustedRootCa }) =>
        trustedRootCa === undefined ? [] : authorityFaults('trustedRootCa', trustedRootCa),
    },
  ],
  fromWire: (body) =>
    // Clients send both, and mean what the type says; answers name no gateway with this word.
    body['instance_id'] === COMMON ||
    (typeof body['instance_id'] === 'string' && (body['type'] ?? 'global') === 'global')
      ? { ...body, instance_id: undefined }
      : body,
  recognises: (value, object) => {
    const [leaf] = parseCertificates(value.certificate) ?? [];
    if (leaf === undefined) return false;
    const hasTrustedRootCa = value.trustedRootCa !== undefined;
    return (
      [leaf.serialNumber, factsOf(leaf).serialNumber].includes(plainSerial(object['serialNumber'])) &&
      object['hasTrustedRootCa'] === hasTrustedRootCa
    );
  },
});

function pem(): z.ZodString {
  return z.string().max(65_536).overwrite(normalPem);
}

/** A serial number without what some services write between its digits. */
function plainSerial(value: unknown): string {
  return String(value).replaceAll(':', '').toUpperCase();
}
