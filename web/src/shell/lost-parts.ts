/** Parts of the page that could not be loaded when they were needed: most often a newer version has taken their place. */

import { recall, remember } from '../storage/tab.ts';

const KEY = 'ims.reloaded';
/** One reload in this time, so that a part that is nowhere makes no loop; ms. */
const REST = 3_600_000;

let isHarmless = (): boolean => true;

/** Loads the page anew for a part that is missing. */
export function reloadForLostParts(): void {
  // Fires where import() fails; the error goes its way all the same.
  addEventListener('vite:preloadError', async () => {
    const now = Date.now();
    if (!isHarmless() || now - Number(recall(KEY) ?? 0) < REST || !(await isThere())) return;
    remember(KEY, String(now));
    // Where nothing can be remembered it would be a loop.
    if (recall(KEY) === String(now)) location.reload();
  });
}

/** Says when a reload would cost nothing: before that it is always so. */
export function reloadOnlyWhile(isSo: () => boolean): void {
  isHarmless = isSo;
}

/** Without a gateway a reload would lose the rest of the page too. */
async function isThere(): Promise<boolean> {
  const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => undefined);
  return answer?.ok === true;
}
