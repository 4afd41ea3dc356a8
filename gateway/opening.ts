/** Opens a session in the store, when sessions that the user left a moment ago are over at other gateways too. */

import type { Owner } from './handlers/route.ts';
import type { Services } from './services.ts';
import { incarnationOf } from './store/presence.ts';
import type { DeviceLogin, Fenced, OpenedSession, SessionInfo } from './store/store.ts';

/** Milliseconds between two looks, and how many there are: a TCP client's last receipt comes a second after its FIN. */
const LOOK_EVERY = 150;
const LOOKS = 10;

/** Milliseconds that a login waits for what a failover took and others have still; then it takes the log as it is. */
const HEALING_PATIENCE = 2_000;

/**
 * Where the store may have lost something of the user's, that is brought back before: a client that compared earlier would
 * see entries go and come again.
 */
export async function openSession(
  owner: Owner,
  info: SessionInfo,
  services: Services,
  login?: DeviceLogin,
): Promise<OpenedSession | Fenced> {
  const { store, healing, clock } = services;
  const opened = await (login ? store.openSession(owner, info, login) : openClassic(owner, info, services));
  if (opened.outcome !== 'opened' || !opened.isDoubtful) return opened;
  const patience = new Promise<void>((resolve) => clock.after(HEALING_PATIENCE, resolve));
  await Promise.race([healing.compare(owner.user), patience]);
  return store.openSession(owner, info, login);
}

/**
 * What a session that left was sent may still be confirmed: a login before that would be handed the same again, and a
 * classic client cannot say what it has. Sessions of this gateway are waited for by delivery.
 */
async function openClassic(
  owner: Owner,
  info: SessionInfo,
  { store, presence, clock }: Services,
): Promise<OpenedSession | Fenced> {
  let opened = await store.openSession(owner, info);
  for (let look = 0; look < LOOKS && opened.outcome === 'opened'; look += 1) {
    const elsewhere = opened.leaving.map(incarnationOf).filter((name) => name !== presence.incarnation);
    if (!elsewhere.some((name) => presence.living.has(name))) break;
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY, resolve));
    opened = await store.openSession(owner, info);
  }
  return opened;
}
