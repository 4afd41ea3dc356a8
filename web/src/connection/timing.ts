/** The page's time and chance, as a client wants them. */

import type { Timing } from '../../../protocol/client.ts';

export const pageTiming: Timing = {
  now: Date.now,
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  // Ids of devices are made of it: no two may be the same.
  random: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32,
};

/** Nobody else makes up the same. Not randomUUID, which a page has only over HTTPS. */
export function makeId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
}

/** Which device this is, for people: `Firefox on Linux`. */
export function describeDevice(agent = navigator.userAgent): string {
  const browsers = [/Edg/, /OPR/, /SamsungBrowser/, /Firefox|FxiOS/, /Chrome|CriOS/, /Safari/];
  const names = ['Edge', 'Opera', 'Samsung Internet', 'Firefox', 'Chrome', 'Safari'];
  const systems = [/Android/, /iPhone/, /iPad/, /Windows/, /Mac OS/, /CrOS/, /Linux/];
  const systemNames = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'ChromeOS', 'Linux'];
  const browser = names[browsers.findIndex((pattern) => pattern.test(agent))] ?? 'Browser';
  const system = systemNames[systems.findIndex((pattern) => pattern.test(agent))];
  return system === undefined ? browser : `${browser} on ${system}`;
}
