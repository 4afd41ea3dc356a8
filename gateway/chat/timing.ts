/** Time and chance of this machine, for a client. */

import { createHash } from 'node:crypto';
import type { Timing } from '../../protocol/client/ports.ts';

export const systemTiming: Timing = {
  now: Date.now,
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** A password as LOGIN has it: its MD5 in hex. */
export function toPassword(password: string): string {
  return createHash('md5').update(password).digest('hex');
}
