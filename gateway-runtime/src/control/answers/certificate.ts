import { factsOf, parseCertificates, type CertificateFacts, type Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { toSeconds } from '../times.ts';
import { baseAnswer, byText, byValue } from './base.ts';

/** What a certificate says of itself, read once. Stored objects never change. */
const known = new WeakMap<Stored<'certificate'>, CertificateFacts>();

/** Whose certificate is one that all gateways may use. */
const COMMON = 'common';

/** What only the certificate itself shows, and no list. */
const DETAIL = [
  'version',
  'organization',
  'organizational_unit',
  'locality',
  'state',
  'country',
  'not_before',
  'serial_number',
  'issuer',
];

/** Source: API reference, "Querying Certificate Details" and "Obtaining SSL Certificates". */
export const certificateAnswers: Answers<'certificate'> = {
  item: certificateAnswer,
  listed: (certificate) =>
    Object.fromEntries(
      Object.entries(certificateAnswer(certificate)).filter(([key]) => !DETAIL.includes(key)),
    ),
  filters: {
    instance_id: {
      match: 'oneOf',
      of: ({ body }, { configuration }) =>
        // One for all gateways is found at each of them.
        body.gatewayId === undefined
          ? [COMMON, ...configuration.all('gateway').map(({ id }) => id)]
          : [body.gatewayId],
    },
    name: byText(({ body }) => body.name),
    common_name: byText((certificate) => factsOfStored(certificate).commonName),
    signature_algorithm: byValue((certificate) => factsOfStored(certificate).signatureAlgorithm),
    type: byValue(({ body }) => body.type),
    algorithm_type: byValue((certificate) => factsOfStored(certificate).keyAlgorithm),
  },
};

/** A certificate as every operation on it shows it: without its content, its key and its authorities. */
export function certificateAnswer(certificate: Stored<'certificate'>): Json {
  const { body, createdAt, updatedAt } = certificate;
  const facts = factsOfStored(certificate);
  return {
    ...baseAnswer(certificate),
    instance_id: body.gatewayId ?? COMMON,
    project_id: body.projectId,
    common_name: facts.commonName,
    san: facts.subjectAlternativeNames,
    not_after: facts.notAfter,
    signature_algorithm: facts.signatureAlgorithm,
    algorithm_type: facts.keyAlgorithm,
    create_time: toSeconds(createdAt),
    update_time: toSeconds(updatedAt),
    is_has_trusted_root_ca: body.trustedRootCa !== undefined,
    version: facts.version,
    organization: facts.organizations,
    organizational_unit: facts.organizationalUnits,
    locality: facts.localities,
    state: facts.states,
    country: facts.countries,
    not_before: facts.notBefore,
    serial_number: facts.serialNumber,
    issuer: facts.issuers,
  };
}

/** What a stored certificate says of itself. */
export function factsOfStored(certificate: Stored<'certificate'>): CertificateFacts {
  let facts = known.get(certificate);
  if (facts === undefined) {
    const [leaf] = parseCertificates(certificate.body.certificate) ?? [];
    if (leaf === undefined) throw new Error(`certificate ${certificate.id} is stored without content`);
    facts = factsOf(leaf);
    known.set(certificate, facts);
  }
  return facts;
}
