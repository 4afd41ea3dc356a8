/** The store's contract over an ordered key-value engine in this process. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { LocalAccess, type LocalSettings } from './local-access.ts';
import { addAccount, listAccounts, readAccount } from './local-accounts.ts';
import { confirm, mark, noteTold, read } from './local-acknowledging.ts';
import { listDevices, readDevice, setToken, touchDevice } from './local-devices.ts';
import { changeAccount, endSessions, removeAccount, revokeDevice } from './local-endings.ts';
import {
  beginFriendship,
  decideFriendship,
  isOpenTo,
  listFriendships,
  readFriendship,
  restoreFriendship,
  tellFriendship,
} from './local-friendships.ts';
import { keys, type Engine } from './local-keys.ts';
import { LocalLiving } from './local-living.ts';
import { readBack, readPage } from './local-log.ts';
import { readMarks } from './local-marks.ts';
import { mend } from './local-mending.ts';
import { receive, send, settle } from './local-messages.ts';
import { markCompared, noteLost, openSession, readUnfinished, reopenSession } from './local-opening.ts';
import { findReceived, findSent, readPeers } from './local-peers.ts';
import { readPresence, setBlock, setStatus } from './local-presence.ts';
import { closeIncarnation, closeSessions, leaveSession, listSessions, listUsers, look } from './local-sessions.ts';
import type { Store } from './store.ts';

export type { LocalSettings } from './local-access.ts';

const PROBE_TIMEOUT = 2_000;

/** A store over `engine`, which it closes. */
export function createLocalStore(engine: Engine, description: string, settings: LocalSettings): Store {
  const access = new LocalAccess(engine, settings);
  return {
    description,
    ...createAccounts(access),
    ...createSessions(access),
    ...createPresence(access),
    ...createMessages(access),
    ...createLog(access),
    ...createFriendships(access),
    ...createPushes(access),
    ...createGateways(access),
    close: access.close,
  };
}

function createAccounts({ read, write }: LocalAccess) {
  return {
    addAccount: (account) => write((change) => addAccount(change, account)),
    readAccount: (user) => read((reader) => readAccount(reader, user)),
    changeAccount: (user, fields) => write((change) => changeAccount(change, user, fields)),
    removeAccount: (user) => write((change) => removeAccount(change, user)),
    listAccounts: (after, limit) => read((reader) => listAccounts(reader, after, limit)),
    readDevice: (user, device) => read((reader, now) => readDevice(reader, user, device, now)),
    listDevices: (user) => read((reader, now) => listDevices(reader, user, now)),
    touchDevice: (user, device) => write((change) => touchDevice(change, user, device)),
    setToken: (user, device, tokenHash, generation) =>
      write((change) => setToken(change, user, device, tokenHash, generation)),
    revokeDevice: (user, device) => write((change) => revokeDevice(change, user, device)),
  } satisfies Partial<Store>;
}

function createSessions({ read, write }: LocalAccess) {
  return {
    openSession: (author, info, login) => write((change) => openSession(change, author, info, login)),
    reopenSession: (author, info, login) => write((change) => reopenSession(change, author, info, login)),
    leaveSession: (user, session) => write((change) => leaveSession(change, user, session)),
    closeSessions: (user, sessions) => write((change) => closeSessions(change, user, sessions)),
    closeIncarnation: (user, incarnation) => write((change) => closeIncarnation(change, user, incarnation)),
    endSessions: (user, session) => write((change) => endSessions(change, user, session)),
    listSessions: (user) => read((reader) => listSessions(reader, user)),
    listUsers: (incarnation) => read((reader) => listUsers(reader, incarnation)),
    look: (user) => read((reader) => look(reader, user)),
  } satisfies Partial<Store>;
}

function createPresence({ read, write, pushes }: LocalAccess) {
  return {
    setStatus: (author, status, op) => write((change) => setStatus(change, author, status, op)),
    setBlock: (author, other, isBlocked, op) => write((change) => setBlock(change, author, other, isBlocked, op)),
    readPresence: (users, viewer) => read((reader) => users.map((user) => readPresence(reader, user, viewer))),
    announce: (users, about) =>
      read(() => users.forEach((user) => pushes.deliver(user, { kind: 'presence', user: about }))),
    tellTyping: (user, from) =>
      read((reader) => {
        if (isOpenTo(reader, user, toAsciiLower(from))) pushes.deliver(user, { kind: 'typing', from });
      }),
  } satisfies Partial<Store>;
}

function createMessages({ read, write }: LocalAccess) {
  return {
    send: (author, request) => write((change) => send(change, author, request)),
    receive: (user, request) => write((change) => receive(change, user, request)),
    settle: (user, settled) => write((change) => settle(change, user, settled)),
    findSent: (user, to, first, last) => read((reader) => findSent(reader, user, to, first, last)),
    findReceived: (user, from, first) => read((reader) => findReceived(reader, user, from, first)),
    mend: (user, request) => write((change) => mend(change, user, request)),
    readPeers: (user, other) => read((reader) => readPeers(reader, user, other)),
    markCompared: (user, failoverAt) => write((change) => markCompared(change, user, failoverAt)),
    readUnfinished: (user) => read((reader) => readUnfinished(reader, user)),
  } satisfies Partial<Store>;
}

function createLog(access: LocalAccess) {
  return {
    readLog: (user, after) => access.read((reader) => readPage(reader, user, after)),
    readLogBack: (user, before, limit) => access.read((reader) => readBack(reader, user, before, limit)),
    noteLost: (user, epoch, place) => access.write((change) => void noteLost(change, user, epoch, place)),
    confirm: (user, upto) => access.write((change) => confirm(change, user, upto)),
    read: (user, other, upto) => access.write((change) => read(change, user, other, upto)),
    mark: (user, by, acknowledged) => access.write((change) => mark(change, user, by, acknowledged)),
    noteTold: (user, told) => access.write((change) => noteTold(change, user, told)),
    readMarks: (user, since) => access.read((reader) => readMarks(reader, user, since)),
  } satisfies Partial<Store>;
}

function createFriendships({ read, write }: LocalAccess) {
  return {
    beginFriendship: (user, other, author) => write((change) => beginFriendship(change, user, other, author)),
    decideFriendship: (operation) => write((change) => decideFriendship(change, operation)),
    readFriendship: (a, b) => read((reader) => readFriendship(reader, a, b)),
    restoreFriendship: (user, copy) => write((change) => restoreFriendship(change, user, copy)),
    tellFriendship: (user, other, record) => write((change) => tellFriendship(change, user, other, record)),
    listFriendships: (user) => read((reader) => listFriendships(reader, user)),
  } satisfies Partial<Store>;
}

function createPushes(access: LocalAccess) {
  const { read, pushes } = access;
  let probes = 0;
  return {
    subscribe: (user, listener) => read(() => pushes.listen(user, listener)),
    unsubscribe: (user) => read(() => pushes.forget(user)),
    /** Never calls it: nothing is lost between a process and itself. */
    onPushGap: () => {},
    // No user's name holds the space that is in a probe's channel.
    probe: () => probe(access, `probe ${(probes += 1)}`),
  } satisfies Partial<Store>;
}

async function probe({ clock, pushes, write }: LocalAccess, channel: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = clock.after(PROBE_TIMEOUT, () => reject(new Error('the store does not answer')));
      const settle = (action: () => void) => (timer.cancel(), action());
      pushes.listen(channel, () => settle(resolve));
      write((change) => {
        change.put(keys.probe, String(change.now));
        change.push(channel, { kind: 'end', generation: 0 });
      }).catch((error: unknown) => settle(() => reject(error)));
    });
  } finally {
    pushes.forget(channel);
  }
}

function createGateways({ clock, failoverAt, read, write }: LocalAccess) {
  const living = new LocalLiving(clock);
  return {
    beat: (incarnation) => read((reader) => ({ ...living.beat(reader, incarnation), failoverAt: failoverAt() })),
    leave: (incarnation) => read((reader) => living.leave(reader, incarnation)),
    claim: (dead, by) => read((reader) => living.claim(reader, dead, by)),
    bury: (dead) => write((change) => living.bury(change, dead)),
  } satisfies Partial<Store>;
}
