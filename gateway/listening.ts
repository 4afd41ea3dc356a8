/** Opening listeners: what goes wrong names the setting that would mend it. */

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from './config.ts';
import { ConfigError, type SettingName } from './settings.ts';

/** Stops a listener at once; resolves when its connections are gone. */
export type Stop = () => Promise<void>;

/** The settings that a listener's address comes from, with their values. */
export interface ListenAddress {
  readonly host: string;
  readonly hostSetting: SettingName;
  readonly port: number;
  readonly portSetting: SettingName;
}

/** A port on HOST. */
export function addressOf({ host }: Config, portSetting: SettingName, port: number): ListenAddress {
  return { host, hostSetting: 'HOST', port, portSetting };
}

export function adminAddress({ admin: { host, port } }: Config): ListenAddress {
  return { host, hostSetting: 'ADMIN_HOST', port, portSetting: 'ADMIN_PORT' };
}

/** The port that an HTTP server got; how to stop it is added to `stops`. Throws {@link ConfigError}. */
export async function listenHttp(server: Server, address: ListenAddress, stops: Stop[]): Promise<number> {
  await listenAt(address, async () => {
    server.listen(address.port, address.host);
    await once(server, 'listening');
  });
  // One connection that could not be taken (no more file descriptors) must not be the end of all others.
  server.on('error', () => undefined);
  stops.push(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

/** Listens by `listen`; throws {@link ConfigError} where the address cannot be had. */
export async function listenAt<T>(address: ListenAddress, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    throw new ConfigError(explain(address, error as NodeJS.ErrnoException));
  }
}

function explain(
  { host, hostSetting, port, portSetting }: ListenAddress,
  { code, message }: NodeJS.ErrnoException,
): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${portSetting} is ${port}, which another process uses on ${host}; allowed: a port that is free`;
    case 'EACCES':
      return `${portSetting} is ${port}, which this user may not open; allowed: a port from 1024 on`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EADDRNOTAVAIL':
      return `${hostSetting} is ${JSON.stringify(host)}, which is no address of this machine; allowed: one that is, 0.0.0.0 for all`;
    default:
      return `${hostSetting} and ${portSetting}: cannot listen at ${host} port ${port}: ${message}`;
  }
}
