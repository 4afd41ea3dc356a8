/** The process: environment, signals, what it prints, how it exits. */

import { provideToken } from './admin/token.ts';
import { systemClock } from './clock.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { createLogger, type Logger } from './log.ts';
import { openStore } from './open-store.ts';
import { startServer } from './server.ts';
import { createStop, stopOnSignals, type Started } from './stop.ts';
import { startPrimary } from './workers/primary.ts';
import { isWorker, reportFailure, runWorker } from './workers/worker.ts';

/** One process that does it all. */
async function startAlone(config: Config, logger: Logger): Promise<Started> {
  const store = await openStore(config, logger);
  try {
    const options = { config, store, clock: systemClock, logger, adminToken: provideToken(config) };
    const server = await startServer(options);
    const close = async (): Promise<void> => {
      await server.close();
      await store.close();
    };
    return { ports: server.ports, store: store.description, what: { drain: () => server.drain(), close } };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** One line an address, for people. */
function printAddresses({ host, tls, admin, workers }: Config, { ports, store }: Started): void {
  const at = (address: string, port: number): string => `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const lines = [`Chat page      ${tls ? 'https' : 'http'}://${at(host, ports.http)}/`];
  if (ports.tcp !== undefined) lines.push(`Native clients ${at(host, ports.tcp)}`);
  if (ports.tcpTls !== undefined) lines.push(`Native clients ${at(host, ports.tcpTls)} (TLS)`);
  lines.push(`Administration ${at(admin.host, ports.admin)} (npm run admin -- --help)`);
  if (workers > 1) lines.push(`Workers        ${workers}`);
  lines.push(`Store          ${store}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function run(config: Config, logger: Logger): Promise<void> {
  const started = await (config.workers > 1 ? startPrimary : startAlone)(config, logger);
  const { ports, store, what } = started;
  const exit = (code: number): void => process.exit(code);
  stopOnSignals(createStop({ what, drainTime: config.timing.drain, logger, exit }));
  logger.info({ ports, store, workers: config.workers }, 'listening');
  printAddresses(config, started);
}

/** What cannot start says so in one line, without a stack. */
function giveUp(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}

try {
  const config = readConfig(process.env);
  const logger = createLogger(config);
  if (isWorker) runWorker(config, logger);
  else await run(config, logger);
} catch (error) {
  if (isWorker) reportFailure(error);
  else giveUp(error);
}
