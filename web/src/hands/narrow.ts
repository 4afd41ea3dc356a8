/** Whether the page shows one pane at a time, as on a phone: the same width as in the styles. */

export function isNarrow(): boolean {
  return matchMedia('(max-width: 45rem)').matches;
}
