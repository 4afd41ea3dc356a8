/** Marks in Redis: how far users have each other's messages, and who is blocked. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { userKeys } from './keys.ts';
import { createCheck, toStreamId } from './redis-entries.ts';
import type { Link } from './redis-link.ts';
import { PAGE } from './store.ts';
import type { Acknowledgement, Mark, Store } from './store.ts';

/** A mark from `DELIVERED|READ|SEEN|BLOCKED|V|REFUSED|NAME`. */
export function toMark(text: string): Mark {
  const [delivered, read, seen, blocked, v, refused, name] = text.split('|') as string[];
  return {
    name: name!,
    delivered: Number(delivered),
    read: Number(read),
    seen: Number(seen),
    refused: refused!,
    isBlocked: blocked === '1',
    v: Number(v),
  };
}

/** From peer, delivered, read for each. */
export function toAcknowledgements(flat: readonly (string | number)[]): Acknowledgement[] {
  return flat.flatMap((to, i) =>
    i % 3 === 0 ? [{ to: String(to), delivered: Number(flat[i + 1]), read: Number(flat[i + 2]) }] : [],
  );
}

type MarkStore = Pick<Store, 'confirm' | 'read' | 'mark' | 'noteTold' | 'readMarks' | 'setBlock'>;

export function createMarks(link: Link): MarkStore {
  return {
    async confirm(user, upto) {
      const { account, log, peers } = userKeys(user);
      const told = new Map<string, Acknowledgement>();
      for (let isThere = false; !isThere;) {
        // Each page is an operation of its own.
        const answer = await link.run('confirm', [account, log, peers], [toStreamId(upto), PAGE, createCheck()]);
        const [isDone, ...flat] = answer as [number, ...(string | number)[]];
        for (const acknowledgement of toAcknowledgements(flat)) told.set(acknowledgement.to, acknowledgement);
        isThere = isDone === 1;
      }
      return [...told.values()];
    },

    async read(user, other, upto) {
      const { account, peers, push } = userKeys(user);
      const answer = await link.run('read', [account, peers, push], [other, upto, createCheck()]);
      const [delivered, read] = answer as [number, number] | [];
      if (delivered === undefined) return undefined;
      return { to: toAsciiLower(other), delivered, read: read! };
    },

    async mark(user, by, { delivered, read }) {
      const { account, peers, push } = userKeys(user);
      await link.run('mark', [account, peers, push], [by, delivered, read]);
    },

    async noteTold(user, told) {
      const { account, peers } = userKeys(user);
      const flat = told.flatMap(({ to, delivered, read }) => [to, delivered, read]);
      if (flat.length > 0) await link.run('note-told', [account, peers], flat);
    },

    async readMarks(user, since) {
      const { account, peers } = userKeys(user);
      const answer = await link.run('read-marks', [account, peers], [since]);
      const [v, marks, from] = answer as [string, string[], string];
      return { v: Number(v), marks: marks.map(toMark), ...(from !== '0' && { from: Number(from) }) };
    },

    async setBlock({ user, session, generation, device = '' }, other, isBlocked, op) {
      const { account, peers, push } = userKeys(user);
      const args = [session, generation, other, Number(isBlocked), op, device];
      const outcome = await link.run('set-block', [account, peers, push], args);
      return { outcome: outcome as 'set' | 'fenced' | 'replaced' | 'unlisted' };
    },
  };
}
