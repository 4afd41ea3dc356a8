/** The simulation finds bugs: each is planted in a copy of the build, and a run of few seeds says what is wrong (`npm run planted`). */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BUGS, type PlantedBug } from './planted-bugs.ts';

/** Within so many seeds each is found. */
const SEEDS = 150;
const BUILD = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = ['protocol', 'gateway', 'test/simulation', 'test/helpers'];

/** A copy of what a run needs, with the bug in it. */
async function plant({ file, find, replace }: PlantedBug): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-simulated-'));
  const root = findRoot();
  for (const part of PARTS) await cp(join(BUILD, part), join(folder, 'dist', part), { recursive: true });
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'dist', file);
  const source = await readFile(path, 'utf8');
  const count = source.split(find).length - 1;
  assert.equal(count, 1, `${JSON.stringify(find)} is ${count} times in ${file}; it must be there once`);
  await writeFile(
    path,
    source.replace(find, () => replace),
  );
  return folder;
}

function findRoot(): string {
  for (let folder = BUILD; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) return folder;
  }
  throw new Error(`no node_modules above ${BUILD}`);
}

/** What the program says of its first run that goes wrong. */
function run(folder: string, from: number): Promise<string> {
  const program = join(folder, 'dist/test/simulation/run.js');
  const options = ['--first', '--from', String(from), '--seeds', String(SEEDS), '--trace', '0'];
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...options], (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

test('each bug is found', { concurrency: 2, timeout: 280_000 }, async (context) => {
  const searches = BUGS.map((bug) =>
    context.test(bug.name, async (found) => {
      const folder = await plant(bug);
      try {
        const said = await run(folder, bug.from ?? 1);
        const violations = said.match(/^ {2}[a-z]+: .*/gm)?.map((line) => line.trim()) ?? [];
        const first = violations.find((line) => bug.expected.test(line));
        assert.ok(first, `not found in ${SEEDS} seeds; what was said:\n${said.slice(0, 2_000)}`);
        found.diagnostic(`${/^seed \d+/m.exec(said)?.[0]}: ${first}`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }),
  );
  await Promise.all(searches);
});
