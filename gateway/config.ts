/** The settings: read from the environment and checked once. */

import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createSecureContext } from 'node:tls';
import type { Status } from '../protocol/documents.ts';
import { ConfigError, readSettings, type SettingName, type Settings } from './settings.ts';
import type { StoreLimits } from './store/store.ts';

export { ConfigError } from './settings.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Absent: no listener for native clients without TLS. */
  readonly tcpPort?: number;
  /** Both files' contents, or nothing. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly tcpTlsPort: number;
  readonly admin: { readonly host: string; readonly port: number; readonly token?: string };
  readonly redisUrl?: string;
  readonly dataDir: string;
  readonly registration: 'open' | 'closed';
  /** Origins besides the page's own, `*` for any; `undefined`: the page's own alone. */
  readonly allowedOrigins?: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly statuses: readonly Status[];
  readonly logLevel: string;
  /** Processes that serve clients. More than one: a primary process besides, which starts them. */
  readonly workers: number;
  readonly timing: Timing;
  readonly limits: Limits;
}

/** Durations in milliseconds. */
export interface Timing {
  /** IMS ALIVE: nothing received for this long ends the connection (15 s). */
  readonly idle: number;
  /** A WebSocket is pinged this often (5 s), so that a hidden page's stays open. */
  readonly ping: number;
  /** A classic TCP client that sends something this long after a message was flushed has it (5 s). */
  readonly confirm: number;
  /** A client that takes nothing of what is buffered for this long is cut off (60 s). */
  readonly stall: number;
  /** An incarnation's heartbeat (3 s). */
  readonly beat: number;
  /** Since its last beat, when an incarnation is dead (12 s). */
  readonly alive: number;
  /** In which each user's sessions and log are compared with the store once (60 s). */
  readonly round: number;
  /** For which the store is asked again while it is away (15 s). */
  readonly storePatience: number;
  /** When the gateway stops, its sessions are closed spread over this time (8 s). */
  readonly drain: number;
  /** Friends see who dropped out as away after so long: networks change, gateways stop (8 s). */
  readonly absence: number;
}

export interface Limits {
  /** Documents without a login from which on a connection is closed (50). */
  readonly documentsBeforeLogin: number;
  /** LOGIN results 0 that end the connection (5). */
  readonly failedLogins: number;
  /** Bytes buffered for one client from which on the gateway neither reads from it nor sends it new entries (256 KiB). */
  readonly buffered: number;
  /** Password hashes that run at once, and that may wait for their turn (512). */
  readonly hashes: number;
  readonly hashQueue: number;
  /** Accounts made from one address in an hour (20). */
  readonly accountsPerHour: number;
  readonly store: StoreLimits;
}

const DAY = 86_400_000;

/**
 * The settings from environment variables, the files they name read.
 * Throws {@link ConfigError} for the first wrong one.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const settings = readSettings(env);
  const tls = readTls(settings);
  checkPorts(settings, tls !== undefined);
  const workers = readWorkers(settings);
  const { REDIS_URL: redisUrl, ADMIN_TOKEN: token, ALLOWED_ORIGINS: allowedOrigins } = settings;
  if (redisUrl !== undefined && token === undefined) {
    throw new ConfigError('ADMIN_TOKEN is not set; with REDIS_URL it is required: at least 16 characters');
  }
  return {
    host: settings.HOST,
    port: settings.PORT,
    ...(settings.TCP_PORT !== 0 && { tcpPort: settings.TCP_PORT }),
    ...(tls && { tls }),
    tcpTlsPort: settings.TCP_TLS_PORT,
    admin: { host: settings.ADMIN_HOST, port: settings.ADMIN_PORT, ...(token !== undefined && { token }) },
    ...(redisUrl !== undefined && { redisUrl }),
    dataDir: settings.DATA_DIR,
    registration: settings.REGISTRATION,
    ...(allowedOrigins && { allowedOrigins }),
    trustedProxies: settings.TRUSTED_PROXIES,
    statuses: settings.STATUSES,
    logLevel: settings.LOG_LEVEL,
    workers,
    timing: {
      idle: settings.IDLE_SECONDS * 1000,
      ping: 5_000,
      confirm: 5_000,
      stall: 60_000,
      beat: 3_000,
      alive: 12_000,
      round: 60_000,
      storePatience: settings.STORE_PATIENCE_SECONDS * 1000,
      drain: settings.DRAIN_SECONDS * 1000,
      absence: 8_000,
    },
    limits: toLimits(settings, workers),
  };
}

function toLimits(settings: Settings, workers: number): Limits {
  return {
    documentsBeforeLogin: 50,
    failedLogins: 5,
    buffered: 262_144,
    // One core stays for those who are already in. Workers share the cores, and each needs a hash of its own.
    hashes: workers > 1 ? 1 : Math.min(2, Math.max(1, availableParallelism() - 1)),
    hashQueue: 512,
    accountsPerHour: settings.ACCOUNTS_PER_HOUR,
    store: {
      logEntries: settings.LOG_ENTRIES,
      logAge: settings.LOG_DAYS * DAY,
      logBytes: settings.LOG_BYTES,
      waiting: settings.WAITING_MESSAGES,
      unconfirmed: Math.max(5_000, settings.WAITING_MESSAGES),
      friendships: 1_000,
      devices: 32,
      absence: 15_000,
    },
  };
}

/** How many processes serve: the embedded store belongs to one process alone. */
function readWorkers({ WORKERS, REDIS_URL }: Settings): number {
  const workers = WORKERS === 'auto' ? Math.min(256, availableParallelism()) : WORKERS;
  if (workers === 1 || REDIS_URL !== undefined) return workers;
  const value = WORKERS === 'auto' ? `"auto", which is ${workers} on this machine` : WORKERS;
  throw new ConfigError(`WORKERS is ${value}, and REDIS_URL is not set; allowed without it: 1`);
}

function readTls({ TLS_CERT, TLS_KEY }: Settings): Config['tls'] {
  if (TLS_CERT === undefined && TLS_KEY === undefined) return undefined;
  if (TLS_KEY === undefined) throw new ConfigError('TLS_KEY is not set; with TLS_CERT it is required: a PEM file');
  if (TLS_CERT === undefined) throw new ConfigError('TLS_CERT is not set; with TLS_KEY it is required: a PEM file');
  const cert = readFile('TLS_CERT', TLS_CERT);
  const key = readFile('TLS_KEY', TLS_KEY);
  const certificate = parse('TLS_CERT', TLS_CERT, 'a certificate', () => new X509Certificate(cert));
  const privateKey: KeyObject = parse('TLS_KEY', TLS_KEY, 'a private key without a passphrase', () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ConfigError(
      `TLS_KEY is ${JSON.stringify(TLS_KEY)}, which does not fit TLS_CERT; allowed: the key of that certificate`,
    );
  }
  parse('TLS_CERT', TLS_CERT, 'a chain and a key that TLS takes', () => createSecureContext({ cert, key }));
  return { cert, key };
}

function readFile(name: SettingName, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${name} is ${JSON.stringify(path)}, which cannot be read (${code}); allowed: a PEM file`);
  }
}

function parse<T>(name: SettingName, path: string, what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new ConfigError(
      `${name} is ${JSON.stringify(path)}, which does not hold that; allowed: a PEM file with ${what}`,
    );
  }
}

/** Two listeners on one port, on one host or with one of them on every address. */
function checkPorts(settings: Settings, hasTls: boolean): void {
  const { HOST, ADMIN_HOST } = settings;
  const areApart = HOST !== ADMIN_HOST && ![HOST, ADMIN_HOST].some((host) => host === '0.0.0.0' || host === '::');
  const names: SettingName[] = ['PORT', 'TCP_PORT'];
  if (hasTls) names.push('TCP_TLS_PORT');
  if (!areApart) names.push('ADMIN_PORT');
  const taken = new Map<unknown, SettingName>();
  for (const name of names) {
    const port = settings[name];
    const other = taken.get(port);
    if (other !== undefined && port !== 0) {
      throw new ConfigError(`${name} is ${port}, as is ${other}; allowed: a port that no other setting uses`);
    }
    taken.set(port, name);
  }
}
