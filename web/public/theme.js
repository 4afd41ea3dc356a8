// Before anything is drawn: the colours that were chosen (src/state/preferences.svelte.ts), so that no others flash up.
(function () {
  try {
    var theme = JSON.parse(localStorage.getItem('ims.preferences') || '{}').theme;
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Nothing is kept, or nothing that makes sense.
  }
})();
