/** The service worker: keeps the page's files, so that it opens at once and without a network; tells of a click on a notification. */

/// <reference lib="webworker" />

import type { FromWorker, NotificationData } from './worker-words.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: the address of each file, and its SHA-256 as `integrity` takes it. */
declare const FILES: readonly (readonly [path: string, integrity: string])[];
/** Put in by the build: another one for other files. */
declare const VERSION: string;

const PREFIX = 'ims-page-';
const CURRENT = PREFIX + VERSION;
const START = '/index.html';
// Once: where the name stands the build puts the whole list.
const INTEGRITIES = new Map(FILES);

/** All files or none: while gateways are being replaced, an old one may answer for a file of the new version. */
async function keepFiles(): Promise<void> {
  const cache = await caches.open(CURRENT);
  try {
    await Promise.all([...INTEGRITIES].map(([path, integrity]) => keepFile(cache, path, integrity)));
  } catch (error) {
    await caches.delete(CURRENT);
    throw error;
  }
}

async function keepFile(cache: Cache, path: string, integrity: string): Promise<void> {
  const isNamedByContent = path.startsWith('/assets/');
  const held = isNamedByContent ? await caches.match(path) : undefined;
  const file = held ?? (await fetch(path, { integrity, cache: isNamedByContent ? 'default' : 'no-cache' }));
  if (!file.ok) throw new Error(`${path}: ${file.status}`);
  await cache.put(path, file);
}

/** The version before stays too: pages that still run it may need more of its files. */
async function forgetOldFiles(): Promise<void> {
  const versions = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CURRENT);
  await Promise.all(versions.slice(0, -1).map((name) => caches.delete(name)));
}

async function answer(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CURRENT);
  return (await cache.match(path)) ?? (await caches.match(path)) ?? keepLater(cache, path, request);
}

/** What is large and seldom wanted is kept once it was (emoji by name, the measure of a password). */
async function keepLater(cache: Cache, path: string, request: Request): Promise<Response> {
  const file = await fetch(request);
  // Without room it is asked for again.
  if (file.ok) await cache.put(path, file.clone()).catch(() => {});
  return file;
}

/** To the page that was looked at last, or to a new one. */
async function openConversation(data: NotificationData): Promise<void> {
  const [page] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (page === undefined) return void (await self.clients.openWindow(`/#/${data.key}`));
  page.postMessage({ kind: 'open', ...data } satisfies FromWorker);
  await page.focus();
}

self.addEventListener('install', (event) => event.waitUntil(keepFiles()));

self.addEventListener('activate', (event) => event.waitUntil(forgetOldFiles().then(() => self.clients.claim())));

self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const path = pathname === '/' ? START : pathname;
  // An old page asks for old files: they are not in the list, but may be in the cache before.
  const isFile = INTEGRITIES.has(path) || path.startsWith('/assets/');
  if (origin !== self.location.origin || event.request.method !== 'GET' || !isFile) return;
  event.respondWith(answer(path, event.request));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openConversation(event.notification.data as NotificationData));
});
