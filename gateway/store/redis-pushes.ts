/** Pushes to users over Redis, and the probe that goes their way. */

import { randomUUID } from 'node:crypto';
import { decodeEntry } from './entry.ts';
import { probeKeys, userKeys } from './keys.ts';
import type { Channels } from './redis-channels.ts';
import type { Link } from './redis-link.ts';
import type { Push, Store } from './store.ts';

/** Milliseconds in which a probe comes back. */
const PROBE_TIMEOUT = 2_000;

/** A push from `1|entry|PLACE|LINE` or `1|end|GENERATION|SESSION`; undefined for what a newer gateway sends. */
function toPush(message: string): Push | undefined {
  const [version, kind, first] = message.split('|', 3) as [string, string, string];
  const rest = message.slice(version.length + kind.length + first.length + 3);
  if (version !== '1') return undefined;
  if (kind === 'end') return { kind, generation: Number(first), ...(rest && { session: rest }) };
  return kind === 'entry' && rest.startsWith('1|') ? { kind, entry: decodeEntry(first, rest) } : undefined;
}

/** Calls a user's listener; one that throws loses that push alone, where the log has it still. */
function deliver(message: string, listener: (push: Push) => void): void {
  try {
    const push = toPush(message);
    if (push) listener(push);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}

type PushStore = Pick<Store, 'subscribe' | 'unsubscribe' | 'onPushGap' | 'probe'>;

export async function createPushes(channels: Channels, link: Link): Promise<PushStore> {
  return {
    subscribe: (user, listener) => channels.listen(userKeys(user).push, (message) => deliver(message, listener)),
    unsubscribe: (user) => channels.forget(userKeys(user).push),
    onPushGap: (listener) => channels.onGap(listener),
    probe: await createProbe(channels, link),
  };
}

/** Listens to a channel of this process' own, on which its probes come back. */
async function createProbe(channels: Channels, link: Link): Promise<Store['probe']> {
  const waiting = new Map<string, () => void>();
  const { written, push } = probeKeys(randomUUID());
  await channels.listen(push, (id) => waiting.get(id)?.());

  return async () => {
    const id = randomUUID();
    let isWritten = false;
    let timer: NodeJS.Timeout | undefined;
    const isBack = new Promise<void>((resolve, reject) => {
      waiting.set(id, resolve);
      timer = setTimeout(() => {
        // The subscription went deaf on a connection that looks alive.
        if (isWritten) channels.reconnect();
        reject(new Error(`${isWritten ? 'the push channel of redis' : 'redis'} did not answer within 2 s`));
      }, PROBE_TIMEOUT);
    });
    try {
      await Promise.all([link.run('probe', [written, push], [id]).then(() => (isWritten = true)), isBack]);
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  };
}
