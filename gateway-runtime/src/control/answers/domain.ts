import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { baseAnswer } from './base.ts';

/** The CNAME record of a domain is never asked for: every domain counts as resolved. */
const RESOLVED = 3;

/** Source: API reference, "Binding a Domain Name" and "Modifying a Domain Name". */
export const domainAnswers: Answers<'domain'> = {
  item: (domain) => ({
    ...baseAnswer(domain),
    status: RESOLVED,
    verified_client_certificate_enabled: false,
  }),
};

/** A domain as its group shows it. */
export function urlDomainOf({ id, body }: Stored<'domain'>): Json {
  return {
    id,
    domain: body.name,
    // Under this key too, because some clients read the name there.
    name: body.name,
    cname_status: RESOLVED,
    ssl_id: '',
    ssl_name: '',
    ssl_infos: [],
    min_ssl_version: body.minTlsVersion,
    is_http_redirect_to_https: body.redirectToHttps,
    verified_client_certificate_enabled: false,
    is_has_trusted_root_ca: false,
    ingress_http_port: 80,
    ingress_https_port: 443,
  };
}
