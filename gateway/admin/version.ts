/** The package's version. */

import { readFileSync } from 'node:fs';

/** Seen from where the build puts this file. */
const PACKAGE = new URL('../../../package.json', import.meta.url);

export const VERSION: string = JSON.parse(readFileSync(PACKAGE, 'utf8')).version;
