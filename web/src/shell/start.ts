/** What the page does beyond its window: the service worker, new versions, badges, notifications. Loaded when the page is there. */

import type { Session } from '../state/session.svelte.ts';
import { Attention } from './attention.svelte.ts';
import { fetchAhead } from './fetch-ahead.ts';
import { reloadOnlyWhile } from './lost-parts.ts';
import { pageUpdate } from './update.svelte.ts';
import { showWhetherSeen } from './visible-tabs.ts';
import type { FromWorker } from './worker-words.ts';

/** The answer ends it. */
export function startShell(session: Session): () => void {
  const isFree = (): boolean => isReloadFree(session);
  reloadOnlyWhile(isFree);
  fetchAhead();
  const attention = new Attention(session);
  const stops = [showWhetherSeen(), pageUpdate.start(isFree), followClicks(session), () => attention.stop()];
  return () => stops.forEach((stop) => stop());
}

/** Nobody would have to log in again, and nothing waits to be sent. */
function isReloadFree({ phase, isLasting, conversations }: Session): boolean {
  return phase === 'out' || (phase === 'in' && isLasting && conversations.queued === 0);
}

/** A notification was clicked: its conversation opens. */
function followClicks(session: Session): () => void {
  const follow = ({ data }: MessageEvent<FromWorker>): void => {
    if (data.kind === 'open' && data.user === session.user) location.hash = `/${data.key}`;
  };
  navigator.serviceWorker?.addEventListener('message', follow);
  return () => navigator.serviceWorker?.removeEventListener('message', follow);
}
