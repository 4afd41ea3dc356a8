/** The admin listener's token: as configured, or made at the first start and kept in DATA_DIR. */

import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { makeFolder } from '../store/folder.ts';

/** Where the token is kept when ADMIN_TOKEN is not set. */
export function tokenFile(dataDir: string): string {
  return join(dataDir, 'admin-token');
}

/** The configured token, or the kept one; makes one of 256 random bits when there is none. Throws when the folder cannot be written. */
export function provideToken({ admin, dataDir }: Pick<Config, 'admin' | 'dataDir'>): string {
  return admin.token ?? keepToken(dataDir, readKeptToken(dataDir) ?? randomBytes(32).toString('base64url'));
}

/** The kept token; undefined when there is none. Throws when the file cannot be read. */
export function readKeptToken(dataDir: string): string | undefined {
  try {
    const token = readFileSync(tokenFile(dataDir), 'utf8').trim();
    return token.length >= 16 ? token : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written at each start, so that the file is its owner's alone again whatever became of it. */
function keepToken(dataDir: string, token: string): string {
  const file = tokenFile(dataDir);
  const draft = `${file}.${process.pid}`;
  makeFolder(resolve(dataDir));
  writeFileSync(draft, `${token}\n`, { mode: 0o600 });
  // The mode of a draft left by a crash would stay.
  chmodSync(draft, 0o600);
  // In one step, so that a crash leaves no half token.
  renameSync(draft, file);
  return token;
}
