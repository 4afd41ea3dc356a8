/** Builds the service worker: after everything else, since it lists every file of the page with its hash. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { build, type Plugin, type ResolvedConfig } from 'vite';

const ENTRY = 'src/shell/worker.ts';

export interface PrecacheOptions {
  /** Files that only someone with a connection needs: they are not kept. */
  readonly without: readonly RegExp[];
}

/** Writes `sw.js` beside `index.html`. */
export function precache({ without }: PrecacheOptions): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'precache',
    apply: 'build',
    configResolved: (resolved) => void (config = resolved),
    closeBundle: {
      // After the files of public/ are there too.
      order: 'post',
      sequential: true,
      async handler() {
        const folder = join(config.root, config.build.outDir);
        await buildWorker(config, folder, listFiles(folder, without));
      },
    },
  };
}

function listFiles(folder: string, without: readonly RegExp[]): [path: string, integrity: string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => `/${name.split(sep).join('/')}`)
    .filter((path) => path !== '/sw.js' && !without.some((pattern) => pattern.test(path)))
    .sort()
    .map((path) => [path, `sha256-${hash(readFileSync(join(folder, path)), 'base64')}`]);
}

async function buildWorker(config: ResolvedConfig, outDir: string, files: readonly unknown[]): Promise<void> {
  await build({
    configFile: false,
    root: config.root,
    publicDir: false,
    logLevel: config.logLevel ?? 'info',
    define: { FILES: JSON.stringify(files), VERSION: JSON.stringify(hash(JSON.stringify(files), 'hex').slice(0, 16)) },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'baseline-widely-available',
      // Not every browser has module workers here: one classic script.
      lib: { entry: ENTRY, formats: ['iife'], name: 'worker', fileName: () => 'sw.js' },
    },
  });
}

function hash(content: string | Buffer, encoding: 'base64' | 'hex'): string {
  return createHash('sha256').update(content).digest(encoding);
}
