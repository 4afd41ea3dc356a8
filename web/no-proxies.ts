/**
 * Leaves Svelte's deep state out of the built page: here a state is a plain value or `$state.raw`, which is replaced as a
 * whole, so nothing is ever wrapped. No bundler can know that.
 */

import type { Plugin } from 'vite';

const PROXY = /\/svelte\/src\/internal\/client\/proxy\.js$/;
const BEGINNING = 'export function proxy(value) {';
const OURS = /\/web\/src\/.*\.svelte(\.ts)?$/;
/** A state that Svelte would wrap. */
const DEEP = /\$state(<[^;=]*>)?\(\s*[[{]/;

/** The build fails where a state is deep, or where Svelte writes its part in another way. */
export function noProxies(): Plugin[] {
  return [
    {
      name: 'no-deep-state',
      apply: 'build',
      enforce: 'pre',
      transform: {
        filter: { id: OURS },
        handler(code) {
          if (DEEP.test(code)) this.error('a deep state: make it $state.raw, and replace it as a whole');
        },
      },
    },
    {
      name: 'no-proxies',
      apply: 'build',
      transform: {
        filter: { id: PROXY },
        handler(code) {
          if (!code.includes(BEGINNING)) this.error('proxy.js of Svelte has changed');
          return code.replace(BEGINNING, `${BEGINNING} return value;`);
        },
      },
    },
  ];
}
