/** The built page as files: what index.html needs at once, and what a part of it imports. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { gzipSync } from 'node:zlib';
import { PAGE_DIR } from '../../gateway/page.ts';

/** Addresses of all files of the page: `/assets/index-abc.js`. */
export function listFiles(): string[] {
  const names = readdirSync(PAGE_DIR, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(PAGE_DIR.length).replace(/^\/*/, '/'));
}

export function readFile(path: string): string {
  return readFileSync(join(PAGE_DIR, path), 'utf8');
}

/** Script and style that index.html names, and what these import before they run. */
export function listFirstLoad(): string[] {
  const html = readFile('/index.html');
  const named = [...html.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+\.(?:js|css))"/g)];
  const found = new Set(named.map((match) => match[1]!));
  // What is added meanwhile is looked at too.
  for (const path of found) {
    if (path.endsWith('.js')) for (const imported of importsOf(path)) found.add(imported);
  }
  return [...found].sort();
}

/** Bytes as gzip sends them. */
export function gzippedSize(path: string): number {
  return gzipSync(readFile(path), { level: 9 }).length;
}

function importsOf(path: string): string[] {
  const imports = readFile(path).matchAll(/(?:^|[;}\s])(?:import|export)\b[^'"`();]*?["'](\.[^"']+)["']/g);
  return [...imports].map((match) => join(dirname(path), match[1]!));
}
