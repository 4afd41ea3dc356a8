/** Numbers, days and times as a language writes them. */

import { localeOf } from './languages.ts';

/** Times in milliseconds since the epoch. */
export interface Formats {
  number(value: number): string;
  /** Hours and minutes: `14:05`. */
  clock(time: number): string;
  /** The day as a title: `Today`, `Yesterday`, `Monday, May 4, 2026`. */
  day(time: number, now: number): string;
  /** As short as it can be said: the time today, `Yesterday`, the weekday within a week, else the date. */
  moment(time: number, now: number): string;
  /** The same, inside of a sentence: `yesterday`. */
  momentInSentence(time: number, now: number): string;
  /** To the second: for those who want to know exactly. */
  exact(time: number): string;
  /** Day and time in figures, as one writes them before what somebody said. */
  stamp(time: number): string;
}

const WEEK = 7;

export function formatsOf(language: string): Formats {
  const locale = localeOf(language);
  const write = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const numbers = new Intl.NumberFormat(locale);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const clock = write({ hour: '2-digit', minute: '2-digit' });
  const weekday = write({ weekday: 'long' });
  const date = write({ dateStyle: 'short' });
  const fullDay = write({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const stamp = write({ dateStyle: 'short', timeStyle: 'short' });
  const exact = write({ dateStyle: 'full', timeStyle: 'medium' });

  function momentInSentence(time: number, now: number): string {
    const days = daysBetween(time, now);
    if (days === 0) return clock.format(time);
    if (days === 1) return relative.format(-1, 'day');
    return (days > 1 && days < WEEK ? weekday : date).format(time);
  }

  return {
    number: (value) => numbers.format(value),
    clock: (time) => clock.format(time),
    day(time, now) {
      const days = daysBetween(time, now);
      return capitalise(days === 0 || days === 1 ? relative.format(-days, 'day') : fullDay.format(time), locale);
    },
    moment: (time, now) => capitalise(momentInSentence(time, now), locale),
    momentInSentence,
    exact: (time) => exact.format(time),
    stamp: (time) => stamp.format(time),
  };
}

/** Midnights of the reader's own clock that lie between. */
function daysBetween(time: number, now: number): number {
  // By noon: a day on which the clock is changed has 23 or 25 hours.
  return Math.round((noonOf(now) - noonOf(time)) / 86_400_000);
}

function noonOf(time: number): number {
  return new Date(time).setHours(12, 0, 0, 0);
}

function capitalise(text: string, locale: string): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}
