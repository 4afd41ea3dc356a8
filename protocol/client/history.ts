/** Older pages of the log. */

import type { Core } from './core.ts';
import type { HeldEntry } from './entry.ts';
import type { Outcome } from './view.ts';

/** The most entries of a page. */
const PAGE = 50;

/** Asks for the page before what is held; it is kept when `done` is called. `refused`: there is none. */
export function loadOlder(core: Core, done: (outcome: Outcome) => void): void {
  let before: string | undefined;
  core.run(() => {
    core.requests.ask({
      document: () => {
        before = core.holdings.log.bottom;
        return { name: 'LOG', before, limit: String(PAGE) };
      },
      answer: ['LOG'],
      answered: (answer) => {
        if (answer?.name !== 'LOG') {
          done('unknown');
          return;
        }
        const page = answer.entries.flatMap((entry): HeldEntry[] => {
          return entry.at === undefined ? [] : [{ ...entry, at: entry.at }];
        });
        core.noteDropped(core.holdings.log.fill(before, page, answer.first).dropped, page);
        core.whenKept(() => done(page.length > 0 ? 'done' : 'refused'));
      },
    });
  });
}
