/** Shows the page in the colours that were chosen: tokens.css does it by `data-theme`, the browser's own bars by `theme-color`. */

import type { Theme } from './preferences.svelte.ts';

const SCHEMES = ['light', 'dark'] as const;

/** What index.html says of each scheme, before anything is changed. */
const BAR_COLOURS = new Map(SCHEMES.map((scheme) => [scheme, barOf(scheme)?.content ?? '']));

export function showTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset.theme;
  else dataset.theme = theme;
  for (const scheme of SCHEMES) {
    const bar = barOf(scheme);
    if (bar) bar.content = BAR_COLOURS.get(theme === 'system' ? scheme : theme)!;
  }
}

/** Each has a media query of its own, which stays. */
function barOf(scheme: 'light' | 'dark'): HTMLMetaElement | null {
  return document.querySelector(`meta[name=theme-color][media*=${scheme}]`);
}
