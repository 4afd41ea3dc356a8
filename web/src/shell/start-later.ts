/** Brings what the page can do without at first, a moment after what someone waits for. */

import type { Session } from '../state/session.svelte.ts';
import { bring } from './bring.ts';

/** Milliseconds. */
const DELAY = 1_000;
/** To the next try, where the network was away. */
const LATER = 30_000;

/** The answer ends all of it. */
export function startShellLater(session: Session): () => void {
  let isOver = false;
  let stop = (): void => {};
  const start = async (): Promise<void> => {
    const loaded = await bring(() => import('./start.ts')).catch(() => undefined);
    if (isOver) return;
    if (loaded) stop = loaded.startShell(session);
    else begin(LATER);
  };
  const begin = (delay: number): void => {
    const timer = setTimeout(() => void start(), delay);
    stop = () => clearTimeout(timer);
  };
  begin(DELAY);
  return () => {
    isOver = true;
    stop();
  };
}
