import { TEST_ACCOUNT } from '../support/gateway.ts';

/** The account that owns the world. */
export const OWNER = { ...TEST_ACCOUNT, password: 'test-password' };

/** Another account, with a project of its own. */
export const STRANGER = {
  domainId: 'e'.repeat(32),
  domainName: 'other_domain',
  projectId: '2'.repeat(32),
  userName: 'stranger',
  accessKeys: [{ accessKey: 'OTHERACCESSKEY', secretKey: 'other-secret-key' }],
  tokens: ['other-token'],
};
