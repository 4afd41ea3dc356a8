/** How long ago something was, as a language says it. */

import { localeOf } from './languages.ts';

/** The steps in seconds, the longest first. */
const STEPS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** `5 minutes ago`, `yesterday`; times in milliseconds since the epoch. */
export function ago(language: string, time: number, now: number): string {
  const seconds = Math.max(0, (now - time) / 1000);
  const [unit, length] = STEPS.find((step) => seconds >= step[1]) ?? (['minute', 60] as const);
  const relative = new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'auto' });
  return relative.format(-Math.floor(seconds / length), unit);
}
