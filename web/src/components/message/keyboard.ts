/** The keyboard on the screen: where the browser lets it cover the page, the page gets as much lower as it is high. */

const HEIGHT = '--keyboard';

/** Tells the height to the page's styles until the returned function is called. */
export function followKeyboard(): () => void {
  const viewport = visualViewport;
  if (viewport === null) return () => {};
  const root = document.documentElement;
  const resized = (): void => {
    // Somebody who has zoomed in sees a part of the page, and there is no keyboard.
    const covered = viewport.scale > 1 ? 0 : Math.max(0, Math.round(innerHeight - viewport.height));
    root.style.setProperty(HEIGHT, `${covered}px`);
    // Some browsers push the page up to show the field.
    if (covered > 0) scrollTo(0, 0);
  };
  viewport.addEventListener('resize', resized);
  resized();
  return () => {
    viewport.removeEventListener('resize', resized);
    root.style.removeProperty(HEIGHT);
  };
}
