/** Opens a session in the store, when sessions that the user left a moment ago are over at other gateways too. */

import type { Owner } from './handlers/route.ts';
import type { Services } from './services.ts';
import { incarnationOf } from './store/presence.ts';
import type { DeviceLogin, Fenced, OpenedSession, SessionInfo } from './store/store.ts';

/** Milliseconds between two looks, and how many there are: a TCP client's last receipt comes a second after its FIN. */
const LOOK_EVERY = 150;
const LOOKS = 10;

/**
 * What a session that left was sent may still be confirmed: a login before that would be handed the same again. Sessions of
 * this gateway are waited for by delivery.
 */
export async function openSession(
  owner: Owner,
  info: SessionInfo,
  { store, presence, clock }: Services,
  login?: DeviceLogin,
): Promise<OpenedSession | Fenced> {
  let opened = await store.openSession(owner, info, login);
  // A device says itself what it has.
  for (let look = 0; login === undefined && look < LOOKS && opened.outcome === 'opened'; look += 1) {
    const elsewhere = opened.leaving.map(incarnationOf).filter((name) => name !== presence.incarnation);
    if (!elsewhere.some((name) => presence.living.has(name))) break;
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY, resolve));
    opened = await store.openSession(owner, info);
  }
  return opened;
}
