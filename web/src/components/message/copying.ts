/** Copying what is marked across several messages, each with who said it and when. */

import type { TimelineRow } from '../../state/timeline.ts';
import { formats } from '../../texts/texts.svelte.ts';

/**
 * What is marked, as text: one who marks several messages gets a line with time and name before each. Undefined where the
 * browser's own way is right: within one message, or elsewhere.
 */
export function copySelection(list: HTMLElement, rows: readonly TimelineRow[]): string | undefined {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || !list.contains(selection.anchorNode)) return undefined;
  const range = selection.getRangeAt(0);
  const bubbles = [...list.querySelectorAll<HTMLElement>('[data-key]')].filter((bubble) =>
    range.intersectsNode(bubble),
  );
  if (bubbles.length < 2) return undefined;
  return bubbles.map((bubble) => describe(bubble, range, rows)).join('\n');
}

function describe(bubble: HTMLElement, range: Range, rows: readonly TimelineRow[]): string {
  const text = bubble.querySelector('.text');
  const row = rows.find(({ key }) => key === bubble.dataset['key']);
  if (text === null || row === undefined || !('message' in row)) return '';
  const { message } = row;
  const isWhole = !text.contains(range.startContainer) && !text.contains(range.endContainer);
  const words = isWhole ? message.text : clip(text, range);
  return `[${formats.stamp(message.time)}] ${message.from}: ${words}`;
}

/** What of an element's text is within a range. */
function clip(element: Element, range: Range): string {
  const part = document.createRange();
  part.selectNodeContents(element);
  if (element.contains(range.startContainer)) part.setStart(range.startContainer, range.startOffset);
  if (element.contains(range.endContainer)) part.setEnd(range.endContainer, range.endOffset);
  return part.toString();
}
