/** Shows which message was looked for: a light that goes out by itself. */

/** Frames until a row that was asked for is surely drawn. */
const FRAMES = 40;
const LIGHT = 1_800;

/** The message with this key within `frame`; `isFocused`: the keyboard goes there. */
export async function flash(frame: HTMLElement, key: string, isFocused: boolean): Promise<void> {
  const bubble = await find(frame, key);
  if (bubble === undefined) return;
  if (isFocused) bubble.focus({ preventScroll: true });
  const colour = getComputedStyle(bubble).getPropertyValue('--accent');
  const light = `0 0 0 3px ${colour}`;
  bubble.animate({ boxShadow: [light, light, '0 0 0 3px transparent'], offset: [0, 0.6, 1] }, LIGHT);
}

/** Rows find their place within a few frames: the last look counts. */
async function find(frame: HTMLElement, key: string): Promise<HTMLElement | undefined> {
  let still = 0;
  for (let frames = 0; frames < FRAMES; frames += 1) {
    await new Promise(requestAnimationFrame);
    const bubble = frame.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    still = bubble === null ? 0 : still + 1;
    if (bubble !== null && still > 3) return bubble;
  }
  return undefined;
}
