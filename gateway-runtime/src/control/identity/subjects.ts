import { hash } from 'node:crypto';
import type { Json } from '@apig/sdk/contract';
import { projectNameOf, type CredentialAccount } from '../credentials.ts';
import type { TokenRecord } from './issued-tokens.ts';

/*
 * The documented form of who is who. Source: IAM API reference, "Obtaining a User Token", "Querying a Service Catalog",
 * "Querying Project Information" and "Querying Account Information Accessible to Users".
 */

/** ID of a user: it follows from the name, as nothing else is known of one. */
export function idOfUser({ domainId, userName }: Pick<CredentialAccount, 'domainId' | 'userName'>): string {
  return hash('sha256', `${domainId}/${userName}`).slice(0, 32);
}

/** A project as its list shows it. */
export function projectOf(account: CredentialAccount, base: string): Json {
  const { projectId, domainId } = account;
  return {
    id: projectId,
    name: projectNameOf(account),
    domain_id: domainId,
    parent_id: domainId,
    is_domain: false,
    enabled: true,
    description: '',
    links: { self: `${base}/v3/projects/${projectId}` },
  };
}

/** A domain as its list shows it. */
export function domainOf({ domainId, domainName }: CredentialAccount, base: string): Json {
  return {
    id: domainId,
    name: domainName,
    enabled: true,
    description: '',
    links: { self: `${base}/v3/domains/${domainId}` },
  };
}

/**
 * What an account is offered, all at this address. There is no volume service: some clients take its address and put
 * the name of the service that they mean in its place.
 */
export function catalogOf(account: CredentialAccount, base: string): readonly Json[] {
  const { projectId } = account;
  const projectName = projectNameOf(account);
  const region = projectName.split('_', 1)[0] ?? projectName;
  const entry = (type: string, name: string, url: string): Json => {
    const id = hash('sha256', `${type} ${projectId}`).slice(0, 32);
    return { id, type, name, endpoints: [{ id, interface: 'public', region, region_id: region, url }] };
  };
  return [
    entry('identity', 'iam', `${base}/v3`),
    entry('volumev2', 'evsv2', `${base}/v2/${projectId}`),
    entry('apig', 'apig', `${base}/v2/${projectId}`),
  ];
}

/** What a token is for, as its own operations show it. */
export function tokenOf(record: TokenRecord, account: CredentialAccount, base: string): Json {
  const { domainId, domainName, projectId, userName } = account;
  const domain = { id: domainId, name: domainName };
  return {
    methods: record.methods,
    issued_at: toMicroseconds(record.issuedAtMs),
    expires_at: toMicroseconds(record.expiresAtMs),
    user: { id: idOfUser(account), name: userName, domain, password_expires_at: '' },
    roles: [{ id: '0', name: 'te_admin' }],
    catalog: catalogOf(account, base),
    ...(record.scope === 'domain'
      ? { domain }
      : { project: { id: projectId, name: projectNameOf(account), domain } }),
  };
}

function toMicroseconds(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '000Z');
}
