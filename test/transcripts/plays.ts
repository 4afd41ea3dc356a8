/** The plays of this project, from their folder. */

import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readPlay, type Play } from './play.ts';

/** Beside the sources, also when this runs from a build folder at the root. */
const FOLDER = fileURLToPath(new URL('../../../test/transcripts/plays/', import.meta.url));

/** All plays, or those named (`message` or `message.txt`); throws for a name that is none. */
export async function loadPlays(names: readonly string[] = []): Promise<readonly Play[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.txt')).sort();
  const wanted = names.map((name) => (name.endsWith('.txt') ? name : `${name}.txt`));
  const strange = wanted.find((name) => !files.includes(name));
  if (strange) throw new Error(`there is no play ${strange}; there are ${files.join(', ')}`);
  const chosen = wanted.length > 0 ? wanted : files;
  return Promise.all(chosen.map(async (file) => readPlay(file, await readFile(`${FOLDER}${file}`, 'utf8'))));
}
