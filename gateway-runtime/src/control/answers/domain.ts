import type { Json } from '@apig/sdk/contract';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { baseAnswer } from './base.ts';
import { factsOfStored } from './certificate.ts';

/** The CNAME record of a domain is never asked for: every domain counts as resolved. */
const RESOLVED = 3;

/** Source: API reference, "Binding a Domain Name" and "Modifying a Domain Name". */
export const domainAnswers: Answers<'domain'> = {
  item: (domain, { configuration }) => domainAnswer(domain, configuration),
};

/** A domain as operations on it show it. */
export function domainAnswer(domain: Stored<'domain'>, configuration: ConfigurationReader): Json {
  return {
    ...withoutIds(baseAnswer(domain)),
    status: RESOLVED,
    verified_client_certificate_enabled: domain.body.verifyClientCertificate ?? false,
    ...sslOf(certificateOf(domain, configuration)),
  };
}

/** A domain as its group shows it. */
export function urlDomainOf(domain: Stored<'domain'>, configuration: ConfigurationReader): Json {
  const { id, body } = domain;
  const certificate = certificateOf(domain, configuration);
  const isVerifying = certificate?.body.trustedRootCa !== undefined;
  return {
    id,
    domain: body.name,
    // Under this key too, because some clients read the name there.
    name: body.name,
    cname_status: RESOLVED,
    ...sslOf(certificate),
    ssl_infos:
      certificate === undefined
        ? []
        : [
            {
              ...sslOf(certificate),
              algorithm_type: factsOfStored(certificate).keyAlgorithm,
              type: certificate.body.type === 'instance' ? 1 : 2,
              is_has_trusted_root_ca: isVerifying,
            },
          ],
    min_ssl_version: body.minTlsVersion,
    is_http_redirect_to_https: body.redirectToHttps,
    verified_client_certificate_enabled: body.verifyClientCertificate ?? false,
    is_has_trusted_root_ca: isVerifying,
    ingress_http_port: 80,
    ingress_https_port: 443,
  };
}

/** A domain as its certificate shows it. */
export function boundDomainOf(domain: Stored<'domain'>, configuration: ConfigurationReader): Json {
  const { groupId, gatewayId } = domain.body;
  return {
    ...domainAnswer(domain, configuration),
    api_group_id: groupId,
    api_group_name: configuration.get('apiGroup', groupId)?.body.name ?? '',
    instance_id: gatewayId,
  };
}

/** What is attached is shown under other keys. */
function withoutIds(answer: Json): Json {
  return Object.fromEntries(Object.entries(answer).filter(([key]) => key !== 'certificate_ids'));
}

function certificateOf(
  { body }: Stored<'domain'>,
  configuration: ConfigurationReader,
): Stored<'certificate'> | undefined {
  return body.certificateId === undefined ? undefined : configuration.get('certificate', body.certificateId);
}

function sslOf(certificate: Stored<'certificate'> | undefined): Json {
  return { ssl_id: certificate?.id ?? '', ssl_name: certificate?.body.name ?? '' };
}
