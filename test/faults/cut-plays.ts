/** All plays of the cut test, and the kinds of changes that they make. */

import { SCRIPTS } from '../../gateway/store/redis-link.ts';
import { administrate } from './cut-accounts.ts';
import { markMessages, useDevices } from './cut-devices.ts';
import { changeFriendship } from './cut-friendships.ts';
import { mendLog, restoreRecord } from './cut-healing.ts';
import { cleanUp, comeBack, live } from './cut-incarnations.ts';
import { chat, fillMailbox } from './cut-messages.ts';
import { isRead, LISTENING } from './cut-proxy.ts';
import { comeAndGo, keepSessions } from './cut-sessions.ts';
import type { Play } from './cut-stage.ts';

export const PLAYS: Readonly<Record<string, Play>> = {
  chat,
  fillMailbox,
  changeFriendship,
  administrate,
  keepSessions,
  comeAndGo,
  live,
  cleanUp,
  comeBack,
  mendLog,
  restoreRecord,
  useDevices,
  markMessages,
};

/** Each script that changes something, the changes that are no script, and what concerns pushes. */
export const KINDS: readonly string[] = [
  ...SCRIPTS.filter((name) => !isRead(name)),
  ...['DEL', 'SADD', 'SREM', 'ZADD', 'ZREM'],
  ...LISTENING,
];
