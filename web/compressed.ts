/** Compresses the built files once, as well as it goes: a gateway has better things to do for each browser that comes. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin, ResolvedConfig } from 'vite';

/** Others are compressed in themselves. */
const TEXT = /\.(css|html|js|json|md|svg|webmanifest)$/;
/** Bytes: less fits into one packet anyway. */
const WORTH = 1_000;

/** Writes `x.js.br` and `x.js.gz` beside `x.js`, and so on; after all plugins that write files. */
export function compressed(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: (resolved) => void (config = resolved),
    closeBundle: {
      order: 'post',
      sequential: true,
      handler: () => compressFiles(join(config.root, config.build.outDir)),
    },
  };
}

function compressFiles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => TEXT.test(name))) {
    const path = join(folder, name);
    const content = readFileSync(path);
    if (content.length < WORTH) continue;
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
    writeFileSync(`${path}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
  }
}
