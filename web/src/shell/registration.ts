/** The page's service worker; absent over plain HTTP, while one works on the page, and where the browser forbids it. */

import { trustScript } from './trusted-script.ts';

const WORKER = '/sw.js';

let asked: Promise<ServiceWorkerRegistration | undefined> | undefined;

/** Registers it, once for each page. */
export function findRegistration(): Promise<ServiceWorkerRegistration | undefined> {
  asked ??= register();
  return asked;
}

async function register(): Promise<ServiceWorkerRegistration | undefined> {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return undefined;
  try {
    // Without a network the browser could not fetch it, and would complain.
    if (!navigator.onLine && !(await navigator.serviceWorker.getRegistration())) await comeBack();
    return await navigator.serviceWorker.register(trustScript(WORKER), { updateViaCache: 'none' });
  } catch {
    // In a private window, for instance: the page does without.
    return undefined;
  }
}

function comeBack(): Promise<unknown> {
  return new Promise((resolve) => addEventListener('online', resolve, { once: true }));
}
