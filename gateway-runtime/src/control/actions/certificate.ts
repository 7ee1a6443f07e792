import { fail, type Json } from '@apig/sdk/contract';
import type { Bodies, Stored } from '../../store/configuration.ts';
import { boundDomainOf, domainAnswer } from '../answers/domain.ts';
import { certificateAnswer } from '../answers/certificate.ts';
import { optionalFlagIn, textsIn } from '../body.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import { collections } from '../collections.ts';
import { viewOf, write, type ControlContext, type WriteScope } from '../context.ts';
import { inside } from '../inside.ts';
import { requiredCertificate } from '../lookup.ts';
import { changeObject, createObject, objectOf } from '../objects.ts';
import { listAnswer } from '../paging.ts';
import { assertCovers } from '../rules/certificate-names.ts';

const DOMAIN = '{groupId}/domains/{id}';
const VERIFY = 'verified_client_certificate_enabled';

/**
 * Which domains serve which certificate. Source: API reference, "Binding a Certificate to a Domain Name", "Adding a
 * Certificate to a Domain Name", "Binding an SSL Certificate to Domain Names" and the pages beside them.
 */
export function certificateActions(context: ControlContext): readonly ControlRoute[] {
  const { change, read } = inside(context, 'api-groups');
  return [
    change('POST', `${DOMAIN}/certificates/attach`, 204, (call, scope) => {
      const domain = domainOfPath(call, scope);
      attach(domain, oneIdOf(call.body), optionalFlagIn(call.body, VERIFY), scope);
    }),
    change('POST', `${DOMAIN}/certificates/detach`, 204, (call, scope) => {
      optionalFlagIn(call.body, VERIFY);
      detach(domainOfPath(call, scope), oneIdOf(call.body), scope);
    }),

    // The older way: one operation makes the certificate and attaches it.
    change('POST', `${DOMAIN}/certificate`, 201, (call, scope) => {
      const domain = domainOfPath(call, scope);
      const body = { ...call.body, type: 'global', instance_id: '' };
      const certificate = createObject(collections.certificate, call, body, scope);
      return domainAnswer(attach(domain, certificate.id, undefined, scope), scope.draft);
    }),
    read(`${DOMAIN}/certificate/{certificateId}`, (call, { configuration }, gatewayId) => {
      const domain = objectOf(collections.domain, call, configuration);
      const id = param(call, 'certificateId');
      if (domain.body.certificateId !== id) throw fail('certificateNotFound', { id });
      return certificateAnswer(requiredCertificate(configuration, gatewayId, id));
    }),
    change('DELETE', `${DOMAIN}/certificate/{certificateId}`, 204, (call, scope) => {
      const domain = domainOfPath(call, scope);
      const id = param(call, 'certificateId');
      if (domain.body.certificateId !== id) throw fail('certificateNotFound', { id });
      detach(domain, id, scope);
    }),

    {
      method: 'GET',
      path: 'certificates/{id}/attached-domains',
      status: 200,
      answer: (call) => {
        const { configuration } = viewOf(context, call);
        const { id } = objectOf(collections.certificate, call, configuration);
        const wanted = call.query['url_domain'] ?? '';
        const domains = configuration
          .by('domain', 'certificateId', id)
          .filter(({ body }) => body.name.includes(wanted));
        return listAnswer(call, 'bound_domains', domains.toReversed(), (domain) =>
          boundDomainOf(domain, configuration),
        );
      },
    },
    onDomains('attach', (domain, certificate, verify, scope) => {
      attach(domain, certificate.id, verify, scope);
    }),
    onDomains('detach', (domain, certificate, _verify, scope) => {
      detach(domain, certificate.id, scope);
    }),
  ];

  /** Does something to all domains of the given names. */
  function onDomains(
    action: 'attach' | 'detach',
    work: (
      domain: Stored<'domain'>,
      certificate: Stored<'certificate'>,
      verify: boolean | undefined,
      scope: WriteScope,
    ) => void,
  ): ControlRoute {
    return {
      method: 'POST',
      path: `certificates/{id}/domains/${action}`,
      status: 204,
      answer: (call) =>
        write(context, call, (scope) => {
          const certificate = objectOf(collections.certificate, call, scope.draft);
          for (const entry of entriesOf(call.body)) {
            const domains = domainsOf(entry, certificate, scope);
            if (domains.length === 0) {
              if (action === 'detach') throw fail('domainHasNoCertificate', { id: certificate.id });
              throw fail('domainNotFound', { id: entry.domain });
            }
            for (const domain of domains) work(domain, certificate, entry.verify, scope);
          }
        }),
    };
  }
}

interface Entry {
  readonly domain: string;
  readonly gatewayIds: readonly string[] | undefined;
  readonly verify: boolean | undefined;
}

function entriesOf(body: Json): readonly Entry[] {
  const rows = body['domains'];
  if (rows === undefined || rows === null) throw fail('valueMissing', { field: 'domains' });
  if (!Array.isArray(rows) || rows.length === 0) {
    throw fail('valueInvalid', { reason: 'expected a list of domains', field: 'domains' });
  }
  return rows.map((row: unknown) => {
    const entry = (typeof row === 'object' && row !== null ? row : {}) as Json;
    const { domain, instance_ids: gatewayIds } = entry;
    if (typeof domain !== 'string' || domain === '') throw fail('valueMissing', { field: 'domains.domain' });
    return {
      domain,
      gatewayIds:
        gatewayIds === undefined || gatewayIds === null ? undefined : textsIn(entry, 'instance_ids'),
      verify: optionalFlagIn(entry, VERIFY),
    };
  });
}

/** The domains of a name in the caller's gateways that may use the certificate. */
function domainsOf(
  { domain, gatewayIds }: Entry,
  { body }: Stored<'certificate'>,
  { draft, account }: WriteScope,
): readonly Stored<'domain'>[] {
  return draft
    .all('gateway')
    .filter(({ id, body: gateway }) => gateway.projectId === account.projectId && mayUse(id))
    .flatMap(({ id }) => draft.by('domain', 'gatewayId', id))
    .filter((each) => each.body.name.toLowerCase() === domain.toLowerCase());

  function mayUse(gatewayId: string): boolean {
    return (body.gatewayId ?? gatewayId) === gatewayId && gatewayIds?.includes(gatewayId) !== false;
  }
}

function domainOfPath(call: ControlCall, { draft }: WriteScope): Stored<'domain'> {
  return objectOf(collections.domain, call, draft);
}

/** Makes a domain serve a certificate, in the place of the one that it had. */
function attach(
  domain: Stored<'domain'>,
  certificateId: string,
  verify: boolean | undefined,
  scope: WriteScope,
): Stored<'domain'> {
  const { body } = requiredCertificate(scope.draft, domain.body.gatewayId, certificateId);
  assertCovers(body, domain.body.name);
  const verifyClientCertificate = verify ?? body.trustedRootCa !== undefined;
  return changeDomain(domain, { certificateId, verifyClientCertificate }, scope);
}

function detach(domain: Stored<'domain'>, certificateId: string, scope: WriteScope): void {
  if (domain.body.certificateId !== certificateId)
    throw fail('domainHasNoCertificate', { id: certificateId });
  changeDomain(domain, { certificateId: undefined, verifyClientCertificate: undefined }, scope);
}

function changeDomain(
  domain: Stored<'domain'>,
  changes: Partial<Bodies['domain']>,
  scope: WriteScope,
): Stored<'domain'> {
  return changeObject(collections.domain, domain, changes, scope);
}

function oneIdOf(body: Json): string {
  const [id, ...more] = textsIn(body, 'certificate_ids', 1);
  if (id === undefined || more.length > 0) {
    throw fail('valueInvalid', { reason: 'expected one ID', field: 'certificate_ids' });
  }
  return id;
}
