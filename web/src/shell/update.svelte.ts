/** New versions of the page: one waits beside the old one until the user takes it, or until nobody would notice. */

import { isHalfWritten } from './half-written.ts';
import { findRegistration } from './registration.ts';
import { isAnyTabVisible } from './visible-tabs.ts';
import { TAKE_OVER } from './worker-words.ts';

/** How often the gateway is asked at most, and at least while the page is open; ms. */
const SOONEST = 600_000;
const LATEST = 3_600_000;
/** How long nobody has looked before a version is taken unasked; ms. */
const UNNOTICED = 10_000;

class PageUpdate {
  /** A new version is there, and this page is still the old one. */
  isReady = $state(false);
  /** Whether a reload costs nothing: nothing waits, and nobody would have to log in again. */
  #isFree = (): boolean => false;
  /** The worker of a version answers for this page. */
  #hasWorker = Boolean(navigator.serviceWorker?.controller);
  #waiting: ServiceWorker | undefined;
  #isWanted = false;
  #askedAt = Date.now();

  /** Registers the worker and watches it; the answer ends the watching. */
  start(isFree: () => boolean): () => void {
    this.#isFree = isFree;
    const controller = new AbortController();
    void findRegistration().then((registration) => registration && this.#watch(registration, controller.signal));
    return () => controller.abort();
  }

  /** The user wants it now. */
  take(): void {
    this.#isWanted = true;
    // Without one that waits another tab has taken it already.
    if (this.#waiting?.state === 'installed') this.#waiting.postMessage(TAKE_OVER);
    else location.reload();
  }

  #watch(registration: ServiceWorkerRegistration, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (registration.waiting) this.#found(registration.waiting);
    registration.addEventListener('updatefound', () => this.#follow(registration), { signal });
    navigator.serviceWorker.addEventListener('controllerchange', () => this.#changed(), { signal });
    document.addEventListener('visibilitychange', () => this.#looked(registration), { signal });
    const timer = setInterval(() => this.#ask(registration), LATEST);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  #follow({ installing: worker, active }: ServiceWorkerRegistration): void {
    // The first one of this browser has the version that is shown.
    if (worker === null || active === null) return;
    worker.addEventListener('statechange', () => {
      if (worker.state === 'installed') this.#found(worker);
    });
  }

  #found(worker: ServiceWorker): void {
    this.#waiting = worker;
    this.isReady = true;
    if (document.visibilityState === 'hidden') this.#takeUnnoticed();
  }

  /** Some tab has taken the new version: its worker serves all of them, and old pages should not stay for long. */
  #changed(): void {
    const isFirst = !this.#hasWorker;
    this.#hasWorker = true;
    if (isFirst) return;
    this.isReady = true;
    if (this.#isWanted || (this.#isFree() && !isHalfWritten())) location.reload();
  }

  #looked(registration: ServiceWorkerRegistration): void {
    if (document.visibilityState === 'visible') this.#ask(registration);
    else if (this.isReady) this.#takeUnnoticed();
  }

  #takeUnnoticed(): void {
    setTimeout(async () => {
      const isSeen = await isAnyTabVisible();
      if (!isSeen && this.#isFree() && !isHalfWritten()) this.take();
    }, UNNOTICED);
  }

  #ask(registration: ServiceWorkerRegistration): void {
    if (Date.now() - this.#askedAt < SOONEST) return;
    this.#askedAt = Date.now();
    // Without a network it is asked again the next time.
    registration.update().catch(() => undefined);
  }
}

export const pageUpdate = new PageUpdate();
