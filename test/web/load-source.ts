/** Modules of the page that need no page: built as for the browser, and run here. */

import { resolve } from 'node:path';
import { build, type Rollup } from 'vite';

/** `path`: seen from the project's folder. What is imported is built in. */
export async function loadSource<T>(path: string): Promise<T> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: path, formats: ['es'], fileName: 'module' } },
  })) as Rollup.RollupOutput[];
  const code = built[0]!.output[0].code;
  return (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as T;
}

/** Modules of the page as one script for a browser: all that they export is under a global name. Paths as above. */
export async function bundleSource(name: string, paths: readonly string[]): Promise<string> {
  const entry = `${name}-entry`;
  const text = paths.map((path) => `export * from ${JSON.stringify(resolve(path))};`).join('\n');
  const plugin = {
    name: entry,
    resolveId: (id: string) => (id.endsWith(entry) ? `\0${entry}` : undefined),
    load: (id: string) => (id === `\0${entry}` ? text : undefined),
  };
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    plugins: [plugin],
    build: { write: false, minify: false, lib: { entry, name, formats: ['iife'], fileName: 'module' } },
  })) as Rollup.RollupOutput[];
  return built[0]!.output[0].code;
}
