import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { createBackend } from '../../examples/orders/backend.ts';
import { withLock } from '../setup/lock.js';
import { DemoFailure } from './failure.ts';
import { startGateway, type GatewayProcess } from './gateway-process.ts';
import { proveCalls } from './proof.ts';
import { createScreen } from './screen.ts';
import { openDemoStack } from './stack.ts';

const root = join(import.meta.dirname, '../..');
const directory = join(root, '.apig/demo');
const READS_PER_MINUTE = 20;

try {
  await withLock(join(root, '.apig/demo.lock'), demonstrate, {
    onWait: () => process.stderr.write('Another demonstration is running: waiting for it to end.\n'),
  });
} catch (error) {
  if (!(error instanceof DemoFailure)) throw error;
  process.stderr.write(`\n${error.message}\nNext: ${error.next}.\n`);
  process.exitCode = 1;
}

/** The main job from an empty folder to signed calls: what `npm start` shows. */
async function demonstrate(): Promise<void> {
  const screen = createScreen(6);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });

  screen.step('Starting the orders service and the gateway');
  const key = { key: 'orders_service_dev', secret: randomBytes(16).toString('hex') };
  const backend = createBackend(key);
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const backendAddress = `127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const gateway = await startGateway(root, directory);
  try {
    screen.line(`orders service  http://${backendAddress}`);
    screen.line(`management API  ${gateway.management}`);
    screen.line(`data plane      ${gateway.http} and ${gateway.https}`);
    await deploy(gateway);
    if (process.stdout.isTTY) {
      screen.line('The gateway keeps running. Ctrl-C stops it.');
      await Promise.race([interrupted, gateway.ended]);
    }
  } finally {
    await gateway.stop();
    backend.close();
    backend.closeAllConnections();
  }

  async function deploy({
    management,
    projectId,
    credentialsFile,
    http,
    ended,
  }: GatewayProcess): Promise<void> {
    const connection = { endpoint: management, projectId, ...readCredentials(credentialsFile) };
    const stack = openDemoStack(join(root, 'examples/orders'), directory, connection);
    await stack.init();
    await stack.set('orders:backendAddress', backendAddress);
    await stack.set('orders:backendKey', key.key);
    await stack.set('orders:backendSecret', key.secret, { secret: true });
    await stack.set('orders:readsPerMinute', String(READS_PER_MINUTE));

    screen.step('pulumi preview: what the program would create');
    await orEnd(stack.show('preview'), ended);

    screen.step('pulumi up: creating it');
    await orEnd(stack.show('up', '--yes', '--skip-preview'), ended);

    screen.step('Calling the APIs');
    const outputs = await stack.outputs();
    const [domain, debugDomain] = [outputs['url'], outputs['debugUrl']].map((url) => new URL(url ?? '').host);
    await proveCalls(
      screen,
      {
        gateway: http,
        backend: `http://${backendAddress}`,
        domain: domain ?? '',
        debugDomain: debugDomain ?? '',
        gatewayId: outputs['gatewayId'] ?? '',
        appKey: outputs['appKey'] ?? '',
        appSecret: outputs['appSecret'] ?? '',
        readsPerMinute: READS_PER_MINUTE,
      },
      connection,
    );
    if (screen.wrong > 0) {
      throw new DemoFailure(
        `${screen.wrong} calls did not answer as expected.`,
        'compare the lines marked BAD with the log of the gateway',
      );
    }

    screen.step(`pulumi preview: what "readsPerMinute: ${READS_PER_MINUTE} -> 30" would change`);
    await stack.set('orders:readsPerMinute', '30');
    await orEnd(stack.show('preview', '--diff'), ended);
    await stack.set('orders:readsPerMinute', String(READS_PER_MINUTE));

    screen.step('Try it yourself');
    screen.line(`by the domain   curl -H 'Host: ${domain ?? ''}' ${http}/products`);
    screen.line(`debug domain    curl -H 'Host: ${debugDomain ?? ''}' ${http}/products`);
    screen.line(
      `Pulumi          cd examples/orders && . ${join('../..', relative(root, stack.environmentFile))} && pulumi stack`,
    );
    screen.line(
      `state and data  ${relative(process.cwd(), directory)}/ (credentials, log, state; emptied by the next run)`,
    );
  }
}

function readCredentials(path: string): { readonly accessKey: string; readonly secretKey: string } {
  return JSON.parse(readFileSync(path, 'utf8')) as { accessKey: string; secretKey: string };
}

/** Work that cannot succeed without the gateway ends with it. */
async function orEnd(work: Promise<void>, ended: Promise<string>): Promise<void> {
  const failure = ended.then((how) => {
    throw new DemoFailure(`The gateway stopped: ${how}.`, 'read .apig/demo/gateway.log');
  });
  await Promise.race([work, failure]);
}
