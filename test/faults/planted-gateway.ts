/** A copy of the built gateway with a bug planted in its source. */

import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the build is: the gateway, the protocol, these tests. */
const BUILD = fileURLToPath(new URL('../../', import.meta.url));

export interface Change {
  /** Seen from the gateway's folder, as built. */
  readonly file: string;
  /** Occurs there exactly once: a change of the source makes the table fail, not the proof weaker. */
  readonly find: string;
  readonly replace: string;
}

export interface PlantedGateway {
  /** The program to run. */
  readonly main: string;
  remove(): Promise<void>;
}

/** Copies the gateway into a folder of its own, and changes it there. Throws when the place is not found, or not one. */
export async function plant({ file, find, replace }: Change): Promise<PlantedGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-planted-'));
  try {
    const root = findRoot();
    const gateway = join(folder, 'dist', 'gateway');
    await mkdir(gateway, { recursive: true });
    for (const part of ['gateway', 'protocol']) {
      await cp(join(BUILD, part), join(folder, 'dist', part), { recursive: true });
    }
    await cp(join(root, 'package.json'), join(folder, 'package.json'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await change(join(gateway, file), find, replace);
    return { main: join(gateway, 'main.js'), remove: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function change(path: string, find: string, replace: string): Promise<void> {
  const source = await readFile(path, 'utf8');
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`${JSON.stringify(find)} is ${count} times in ${path}; it must be there once`);
  await writeFile(
    path,
    source.replace(find, () => replace),
  );
}

function findRoot(): string {
  for (let folder = BUILD; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) return folder;
  }
  throw new Error(`no node_modules above ${BUILD}`);
}
