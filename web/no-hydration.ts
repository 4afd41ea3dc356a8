/**
 * Leaves Svelte's hydration out of the built page: nothing here is drawn by a server. Svelte guards it with a variable "so it
 * can be treeshaken out", but one that other modules set, which no bundler may take for a constant.
 */

import type { Plugin } from 'vite';

const FILE = /\/svelte\/src\/internal\/client\/dom\/hydration\.js$/;
const FLAG = 'export let hydrating = false;';
const SETTER = 'hydrating = value;';

/** The build fails where Svelte writes it in another way: then this has to be looked at again. */
export function noHydration(): Plugin {
  return {
    name: 'no-hydration',
    apply: 'build',
    transform: {
      filter: { id: FILE },
      handler(code) {
        if (!code.includes(FLAG) || !code.includes(SETTER)) this.error('hydration.js of Svelte has changed');
        return code.replace(FLAG, 'export const hydrating = false;').replace(SETTER, '');
      },
    },
  };
}
