/** Where the chat keeps what it keeps: a file for each user, gateway and program that runs at the same time. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import { lockFile } from './lock.ts';
import { FileStorage } from './storage.ts';

const MOST_PROGRAMS = 16;

/** The file of the first device of the user there that no other program has open. Throws where none can be opened. */
export async function openKept(
  user: string,
  place: string,
  env: NodeJS.ProcessEnv,
  failed: (error: Error) => void,
): Promise<FileStorage> {
  const { XDG_STATE_HOME: state } = env;
  const folder = join(state?.startsWith('/') ? state : join(homedir(), '.local', 'state'), 'ims-chat');
  const name = `${user.toLowerCase()}@${place.toLowerCase().replace(/[^a-z0-9.-]+/g, '_')}`;
  for (let number = 1; number <= MOST_PROGRAMS; number += 1) {
    const path = join(folder, number === 1 ? name : `${name}.${number}`);
    if (await lockFile(path, env)) return FileStorage.open(path, failed);
  }
  throw new Error(`this user has ${MOST_PROGRAMS} programs open already`);
}
