/** Which rows somebody has marked (those between the two ends, wherever the list was scrolled since), or walks to. */

import type { TimelineRow } from '../../state/timeline.ts';

/** The indexes of the rows from one end of the selection to the other; none where it is not in the list. */
export function findMarked(list: HTMLElement, rows: readonly TimelineRow[]): readonly number[] {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || !list.contains(selection.anchorNode)) return [];
  const keys = [selection.anchorNode, selection.focusNode].map((node) => keyAt(elementOf(node)));
  const ends = keys.map((key) => rows.findIndex((row) => row.key === key)).filter((index) => index >= 0);
  if (ends.length === 0) return [];
  const first = Math.min(...ends);
  return Array.from({ length: Math.max(...ends) - first + 1 }, (_, index) => first + index);
}

/** The first row with a message from this index on, or before it. */
export function findMessage(rows: readonly TimelineRow[], start: number, by: 1 | -1): TimelineRow | undefined {
  let index = start;
  while (rows[index] !== undefined && !('message' in rows[index]!)) index += by;
  return rows[index];
}

/** The key of the message that an element belongs to. */
export function keyAt(element: Element | null): string | undefined {
  return element?.closest('li')?.querySelector<HTMLElement>('[data-key]')?.dataset['key'];
}

function elementOf(node: Node | null): Element | null {
  return node instanceof Element ? node : (node?.parentElement ?? null);
}
