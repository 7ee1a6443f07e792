import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialsOf } from './control/credentials.ts';
import { createGateway, type GatewayConfig } from './gateway.ts';
import { createLog } from './observe/log.ts';

/*
 * A gateway inside a test's own process: `await startGateway()` before the tests, `await gateway.close()` after them.
 */

/** How a gateway for tests differs from the usual one. */
export type TestGatewayOptions = Partial<Omit<GatewayConfig, 'dataDirectory' | 'credentials' | 'management'>>;

/** A gateway for tests, on free ports of 127.0.0.1, in a directory of its own. */
export interface TestGateway {
  /** Address of the management API, for a client or a provider. */
  readonly endpoint: string;
  readonly projectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** The four above as environment variables, by which a Pulumi program finds the gateway. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where calls of published APIs arrive, for example `http://127.0.0.1:38211`; the Host header names the domain. */
  readonly url: string;
  /** The same over HTTPS, if the options ask for it. */
  readonly httpsUrl?: string;
  /** PEM of the certificate that HTTPS callers meet on domains without one of their own. */
  readonly certificate?: string;
  /** Stops it and removes all that it kept. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a gateway for tests, with new keys. It logs nothing unless the options bring a log. */
export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'apig-gateway-'));
  const accessKey = randomBytes(10).toString('hex').toUpperCase();
  const secretKey = randomBytes(20).toString('hex');
  const projectId = randomUUID().replaceAll('-', '');
  const anyPort = { host: '127.0.0.1', port: 0 };
  try {
    const gateway = await createGateway({
      http: anyPort,
      domainSuffix: 'localhost',
      limits: {},
      drainTimeoutMs: 5000,
      log: createLog('silent'),
      ...options,
      dataDirectory,
      credentials: credentialsOf(accessKey, secretKey, projectId),
      management: anyPort,
    });
    const close = async () => {
      await gateway.close();
      await rm(dataDirectory, { recursive: true, force: true });
    };
    const { management, http = management, https, certificate } = gateway;
    const endpoint = `http://${management.host}:${management.port}`;
    return {
      endpoint,
      projectId,
      accessKey,
      secretKey,
      environment: {
        APIG_ENDPOINT: endpoint,
        APIG_PROJECT_ID: projectId,
        APIG_ACCESS_KEY: accessKey,
        APIG_SECRET_KEY: secretKey,
      },
      url: `http://${http.host}:${http.port}`,
      ...(https && { httpsUrl: `https://${https.host}:${https.port}` }),
      ...(certificate !== undefined && { certificate }),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await rm(dataDirectory, { recursive: true, force: true });
    throw error;
  }
}
