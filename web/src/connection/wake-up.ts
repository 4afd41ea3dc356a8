/** Notices that the network went or is back, or that someone looks at the page again. */

/** Calls `action` each time; the returned function ends it. */
export function onWakeUp(action: () => void): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  addEventListener('online', action, { signal });
  addEventListener('offline', action, { signal });
  addEventListener('pageshow', action, { signal });
  // Of a page that the browser had frozen.
  document.addEventListener('resume', action, { signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') action();
    },
    { signal },
  );
  return () => controller.abort();
}
