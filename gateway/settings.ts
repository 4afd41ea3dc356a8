/** The settings an operator can set: name, default, what is allowed; each checked by itself. */

import { isIP } from 'node:net';
import { z } from 'zod';
import type { Status } from '../protocol/documents.ts';
import { readRedisUrl, REDIS_URL_FORMS } from './store/redis-address.ts';

/** A wrong setting; `message` is one line that names it and says what is allowed. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** A host name or address without brackets, port or scheme. */
function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text);
}

/** `scheme://host[:port]` as browsers write it in Origin; undefined when the text is no origin. */
export function toOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.host === '' || !/^[^/]+:\/\/[^/?#@]+\/?$/.test(text)) return undefined;
  return `${url.protocol}//${url.host}`.toLowerCase();
}

/** What proxy-addr takes, without its netmasks: they are an address too many to read. */
function isProxyRange(text: string): boolean {
  if (/^(loopback|linklocal|uniquelocal)$/.test(text)) return true;
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === 0 || address.includes('%') || rest.length > 0) return false;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
}

/** The statuses a list like `0:Online,1:Away` names; undefined when it is none. */
function toStatuses(text: string): readonly Status[] | undefined {
  const statuses = text.split(',').map((part) => {
    const [, id, name] = /^\s*(\d{1,3})\s*:\s*([^\p{C}\s,](?:[^\p{C},]{0,30}[^\p{C}\s,])?)\s*$/u.exec(part) ?? [];
    return { id: Number(id), name: name ?? '' };
  });
  const ids = new Set(statuses.map(({ id }) => id));
  const names = new Set(statuses.map(({ name }) => name.toLowerCase()));
  const isSound = !names.has('') && ids.size === statuses.length && names.size === statuses.length;
  // IMS 1: a status begins as 0.
  return isSound && ids.has(0) ? statuses : undefined;
}

/** How many processes; undefined when the text says nothing of the kind. */
function toWorkers(text: string): number | 'auto' | undefined {
  if (text === 'auto') return text;
  return /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 256 ? Number(text) : undefined;
}

function text(allowed: string, isAllowed: (value: string) => boolean) {
  return z.string().refine(isAllowed, { error: allowed });
}

function wholeNumber(least: number, most: number, preset: number) {
  const allowed = `a whole number from ${least} to ${most}`;
  const isAllowed = (value: string) => /^\d{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most;
  return text(allowed, isAllowed).transform(Number).default(preset);
}

function list(allowed: string, isAllowed: (value: string) => boolean) {
  const split = (value: string) => value.split(',').map((part) => part.trim());
  return text(allowed, (value) => split(value).every(isAllowed)).transform(split);
}

const port = (preset: number) => wholeNumber(0, 65_535, preset);
const host = () => text('a host name or an address, without port or brackets', isHost).default('127.0.0.1');
const file = () => text('the path of a file', (value) => !value.includes('\0')).optional();

const SETTINGS = {
  HOST: host(),
  PORT: port(8080),
  TCP_PORT: port(5190),
  TLS_CERT: file(),
  TLS_KEY: file(),
  TCP_TLS_PORT: port(5191),
  ADMIN_HOST: host(),
  ADMIN_PORT: port(9080),
  ADMIN_TOKEN: text('16 to 512 visible ASCII characters without spaces', (value) =>
    /^[\x21-\x7e]{16,512}$/.test(value),
  ).optional(),
  REDIS_URL: text(REDIS_URL_FORMS, (value) => readRedisUrl(value) !== undefined).optional(),
  STORE_PATIENCE_SECONDS: wholeNumber(1, 300, 15),
  DATA_DIR: text('the path of a folder', (value) => !value.includes('\0')).default('./data'),
  REGISTRATION: z.enum(['open', 'closed'], { error: 'open or closed' }).default('open'),
  ALLOWED_ORIGINS: list(
    'origins as SCHEME://HOST or SCHEME://HOST:PORT with commas between, or * for any',
    (value) => value === '*' || toOrigin(value) !== undefined,
  )
    .transform((origins) => origins.map((origin) => toOrigin(origin) ?? origin))
    .optional(),
  TRUSTED_PROXIES: list(
    'addresses, ranges like 10.0.0.0/8, loopback, linklocal, uniquelocal, with commas between',
    isProxyRange,
  ).default([]),
  STATUSES: text(
    'NUMBER:NAME with commas between, numbers from 0 to 999 and names of up to 32 characters, each once, 0 among them',
    (value) => toStatuses(value) !== undefined,
  )
    .default('0:Online,1:Away,2:Busy,3:Invisible')
    .transform((value) => toStatuses(value)!),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'trace, debug, info, warn, error, fatal or silent',
    })
    .default('info'),
  IDLE_SECONDS: wholeNumber(1, 86_400, 15),
  DRAIN_SECONDS: wholeNumber(0, 3_600, 8),
  WORKERS: text('a whole number from 1 to 256, or auto for one a core', (value) => toWorkers(value) !== undefined)
    .default('1')
    .transform((value) => toWorkers(value)!),
  ACCOUNTS_PER_HOUR: wholeNumber(1, 1_000_000, 20),
  LOG_ENTRIES: wholeNumber(1, 1_000_000, 10_000),
  LOG_DAYS: wholeNumber(1, 36_500, 30),
  LOG_BYTES: wholeNumber(1, 1_073_741_824, 8_388_608),
  WAITING_MESSAGES: wholeNumber(1, 1_000_000, 500),
};

const schemas = z.object(SETTINGS);

export type SettingName = keyof typeof SETTINGS;
export type Settings = z.output<typeof schemas>;

/** Settings whose value never shows, not even a wrong one. */
const SECRET: ReadonlySet<string> = new Set<SettingName>(['ADMIN_TOKEN', 'REDIS_URL']);

/** All settings; an empty one counts as unset. Throws {@link ConfigError} for the first wrong one. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(
    Object.keys(SETTINGS).flatMap((name) => (env[name] ? [[name, env[name]] as const] : [])),
  );
  const { data, error } = schemas.safeParse(given);
  if (data) return data;
  const [issue] = error.issues;
  const name = String(issue!.path[0]);
  const value = SECRET.has(name) ? 'has a value that is not allowed' : `is ${JSON.stringify(given[name]).slice(0, 80)}`;
  throw new ConfigError(`${name} ${value}; allowed: ${issue!.message}`);
}
