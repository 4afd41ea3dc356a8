/** Takes white space and comments out of the scripts of public/, which come before everything else. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minifySync, type Plugin, type ResolvedConfig } from 'vite';

export function plainScripts(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'plain-scripts',
    apply: 'build',
    configResolved: (resolved) => void (config = resolved),
    writeBundle() {
      const folder = join(config.root, config.build.outDir);
      for (const name of readdirSync(config.publicDir)) {
        if (name.endsWith('.js')) minifyFile(join(folder, name));
      }
    },
  };
}

function minifyFile(path: string): void {
  writeFileSync(path, minifySync(path, readFileSync(path, 'utf8')).code);
}
