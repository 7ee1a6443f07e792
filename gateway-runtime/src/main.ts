#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTask } from './config.ts';
import { createGateway, type Gateway, type GatewayConfig } from './gateway.ts';
import { formatListenAddress } from './listen-address.ts';
import { StartupError, type StartupReason } from './startup-error.ts';

/** Exit codes of a gateway that cannot start. 1 is an unexpected fault. */
const EXIT_CODES: Readonly<Record<StartupReason, number>> = {
  setting: 2,
  dataDirectory: 3,
  databaseNewer: 4,
  databaseInUse: 5,
  listen: 6,
  sealingKey: 7,
};

await main();

async function main(): Promise<void> {
  try {
    const task = readTask(process.argv.slice(2));
    if (!task.serve) return;
    const gateway = await createGateway(task.config);
    stopOnSignals(gateway);
    announce(gateway, task.config, task.credentialsFile);
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    process.stderr.write(`apig-gateway: ${error.message}\n`);
    process.exitCode = EXIT_CODES[error.reason];
  }
}

/** Says in one line of JSON, for programs, that the gateway serves, and where. */
function announce(gateway: Gateway, config: GatewayConfig, credentialsFile: string | undefined): void {
  const { management, http, https } = gateway;
  const line = {
    ready: true,
    management: `${config.managementTls ? 'https' : 'http'}://${formatListenAddress(management)}`,
    http: http ? `http://${formatListenAddress(http)}` : null,
    https: https ? `https://${formatListenAddress(https)}` : null,
    certificateFile: writeCertificate(gateway, config),
    dataDirectory: config.dataDirectory,
    credentialsFile: credentialsFile ?? null,
    projectId: config.credentials.accounts[0].projectId,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The certificate, for callers who want to trust it. It is a new one at every start. */
function writeCertificate({ certificate }: Gateway, { dataDirectory }: GatewayConfig): string | null {
  if (certificate === undefined) return null;
  const file = join(dataDirectory, 'certificate.pem');
  writeFileSync(file, certificate);
  return file;
}

/** The first signal lets calls under way end; a second one does not wait for them. */
function stopOnSignals(gateway: Gateway): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    void gateway.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
