/** Dialogs and sheets as entries of the history where the page is a phone's: its way back closes them, one by one. */

import { markOfNow } from './history.ts';
import { isNarrow } from './narrow.ts';

interface Layer {
  /** False: it stays open. */
  readonly close: () => boolean;
}

/** Those that are open, the one on top at the end. */
const layers: Layer[] = [];
/** The history is on its way back, because of this module. */
let isGoing = false;

/** Something opens over the page; `close`: the way back was taken, and false says that it stays all the same. The answer is to be called when it is gone. */
export function enterLayer(close: () => boolean): () => void {
  if (!isNarrow()) return () => {};
  const layer: Layer = { close };
  layers.push(layer);
  if (!isGoing) pushMissing();
  return () => {
    const index = layers.indexOf(layer);
    if (index < 0) return;
    layers.splice(index, 1);
    // Not before: another may open in its place, and take its entry over.
    setTimeout(goBack);
  };
}

function depth(): number {
  return markOfNow().layers ?? 0;
}

function pushMissing(): void {
  if (depth() < layers.length) history.pushState({ ...markOfNow(), layers: layers.length }, '');
}

function goBack(): void {
  const surplus = depth() - layers.length;
  if (surplus <= 0 || isGoing) return;
  isGoing = true;
  history.go(-surplus);
}

addEventListener('popstate', () => {
  if (isGoing) {
    isGoing = false;
    return pushMissing();
  }
  const closing = layers.slice(depth()).toReversed();
  const staying = closing.find(({ close }) => !close());
  if (staying !== undefined) layers.length = layers.indexOf(staying) + 1;
  else layers.length = Math.min(layers.length, depth());
  pushMissing();
  // An entry of something that was closed since: nothing to see there.
  goBack();
});

// The page was loaded again while something was open.
goBack();
