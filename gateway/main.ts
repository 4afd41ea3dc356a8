/** The process: environment, signals, choice of store. */

import { provideToken } from './admin/token.ts';
import { systemClock } from './clock.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { createLogger, type Logger } from './log.ts';
import { startServer, type Gateway } from './server.ts';
import type { Store } from './store/store.ts';

/** The stores are loaded when chosen: LMDB's and Redis' clients need not both be there. */
async function openStore({ redisUrl, dataDir, limits }: Config, logger: Logger): Promise<Store> {
  if (redisUrl !== undefined) {
    const { openRedisStore } = await import('./store/redis.ts');
    return openRedisStore({ url: redisUrl, limits: limits.store, logger }).catch(blame('REDIS_URL'));
  }
  const { openEmbeddedStore } = await import('./store/embedded.ts');
  return openEmbeddedStore({ dataDir, limits: limits.store, clock: systemClock }).catch(blame('DATA_DIR'));
}

/** A store that cannot be opened: the line begins with the setting that names it. */
function blame(setting: 'REDIS_URL' | 'DATA_DIR'): (error: unknown) => never {
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(message.startsWith(setting) ? message : `${setting}: ${message}`);
  };
}

/** One line an address, for people. */
function printAddresses({ host, tls, admin }: Config, { ports }: Gateway, store: Store): void {
  const at = (address: string, port: number): string => `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const lines = [`Chat page      ${tls ? 'https' : 'http'}://${at(host, ports.http)}/`];
  if (ports.tcp !== undefined) lines.push(`Native clients ${at(host, ports.tcp)}`);
  if (ports.tcpTls !== undefined) lines.push(`Native clients ${at(host, ports.tcpTls)} (TLS)`);
  lines.push(`Administration ${at(admin.host, ports.admin)} (npm run admin -- --help)`);
  lines.push(`Store          ${store.description}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function run(config: Config, logger: Logger): Promise<void> {
  const store = await openStore(config, logger);
  const adminToken = provideToken(config);
  const gateway = await startServer({ config, store, clock: systemClock, logger, adminToken }).catch(
    async (error: unknown) => {
      await store.close();
      throw error;
    },
  );
  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), 9_000).unref();
    await gateway.close();
    await store.close();
    logger.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  logger.info({ ports: gateway.ports, store: store.description }, 'listening');
  printAddresses(config, gateway, store);
}

/** What cannot start says so in one line, without a stack. */
function giveUp(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}

try {
  const config = readConfig(process.env);
  await run(config, createLogger(config));
} catch (error) {
  giveUp(error);
}
