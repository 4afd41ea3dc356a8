/** How the page is built, and how it is served while one works on it. */

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { compressed } from './compressed.ts';
import { noHydration } from './no-hydration.ts';
import { noProxies } from './no-proxies.ts';
import { plainScripts } from './plain-scripts.ts';
import { precache } from './precache.ts';
import { scopedClass } from './scoped-class.ts';

const GATEWAY = 'http://127.0.0.1:8080';

/** What comes first comes in one piece: it is compressed better, and nothing waits for a second file. */
const FIRST = { name: 'first', tags: ['$initial' as const], priority: 1 };
/** So does what comes right after it: fewer names of files stand in the first one. */
const LATER = {
  name: 'later',
  test: /\/src\/(components\/parts\.ts|hands\/Hands\.svelte|shell\/start\.ts|state\/(friend-changes|problems)\.ts|storage\/archive\.ts|texts\/doing\.)/,
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    svelte({ configFile: false, compilerOptions: { discloseVersion: false, cssHash: scopedClass() } }),
    noHydration(),
    noProxies(),
    plainScripts(),
    // The measure of a password's strength, the names of all emoji, the protocol page: large, and of use only to
    // someone with a connection.
    precache({ without: [/^\/assets\/(worker|data|README)-.*\.(js|json|md)$/] }),
    compressed(),
  ],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'baseline-widely-available',
    // The page's Content-Security-Policy allows neither data: nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { codeSplitting: { groups: [FIRST, LATER] } },
      // A slow machine is no news.
      checks: { pluginTimings: false },
    },
  },
  server: { proxy: { '/api': GATEWAY, '/ims': { target: GATEWAY, ws: true } } },
});
