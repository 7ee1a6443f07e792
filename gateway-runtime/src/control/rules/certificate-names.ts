import { fail, parseCertificates } from '@apig/sdk/contract';
import type { Bodies } from '../../store/configuration.ts';

/** Refuses to serve a certificate on a domain that it is not for. @throws certificateNotForDomain */
export function assertCovers(
  { certificate }: Pick<Bodies['certificate'], 'certificate'>,
  domain: string,
): void {
  const [leaf] = parseCertificates(certificate) ?? [];
  const name = domain.replace(/\.$/, '');
  // A wildcard stands for any label: a certificate that covers one that nobody would name covers them all.
  const sample = name.startsWith('*.') ? `any-label.${name.slice(2)}` : name;
  if (leaf?.checkHost(sample, { subject: 'never' }) === undefined)
    throw fail('certificateNotForDomain', { name: domain });
}
