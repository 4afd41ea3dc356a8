// While gateways are being replaced, the one that is asked for a script or style may be older or newer than the one
// that gave the page. So a page that does not get all its parts at the start is loaded anew, a few times at most.
(function () {
  var KEY = 'ims.retries';
  var MOST = 4;
  var isIncomplete = false;

  function look(event) {
    var part = event.target;
    if (part.tagName === 'SCRIPT' || part.rel === 'stylesheet' || part.rel === 'modulepreload') isIncomplete = true;
  }

  function end() {
    removeEventListener('error', look, true);
    var tries = Number(sessionStorage.getItem(KEY));
    if (!isIncomplete) return sessionStorage.removeItem(KEY);
    if (tries >= MOST) return;
    sessionStorage.setItem(KEY, String(tries + 1));
    setTimeout(function () {
      location.reload();
    }, 1000);
  }

  addEventListener('error', look, true);
  addEventListener('load', end, { once: true });
})();
