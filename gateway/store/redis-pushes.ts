/** Pushes to users over Redis, and the probe that goes their way. */

import { randomUUID } from 'node:crypto';
import { decodeEntry } from './entry.ts';
import { probeKeys, userKeys } from './keys.ts';
import type { Channels, Line } from './redis-channels.ts';
import type { Link } from './redis-link.ts';
import { toMark } from './redis-marks.ts';
import type { Push, Store, UserKey } from './store.ts';

/** Milliseconds in which a probe comes back. */
const PROBE_TIMEOUT = 2_000;

type Readers = { readonly [K in Push['kind']]: (rest: string) => Extract<Push, { kind: K }> | undefined };

/** By kind, what stands behind it: `PLACE|LINE`, `GENERATION|SESSION`, a mark, an epoch, a user, a name. */
const READERS: Readers = {
  entry: (rest) => {
    const [place, line] = splitFirst(rest);
    return /^[12]\|/.test(line) ? { kind: 'entry', entry: decodeEntry(place, line) } : undefined;
  },
  end: (rest) => {
    const [generation, session] = splitFirst(rest);
    return { kind: 'end', generation: Number(generation), ...(session && { session }) };
  },
  mark: (rest) => ({ kind: 'mark', mark: toMark(rest) }),
  epoch: (epoch) => ({ kind: 'epoch', epoch }),
  presence: (user) => ({ kind: 'presence', user }),
  typing: (from) => ({ kind: 'typing', from }),
};

function splitFirst(text: string): readonly [string, string] {
  const bar = text.indexOf('|');
  return [text.slice(0, bar), text.slice(bar + 1)];
}

/** A push from `1|KIND|…`; undefined for what a newer gateway sends. */
function toPush(message: string): Push | undefined {
  const [version, kind] = message.split('|', 2) as [string, string];
  if (version !== '1' || !Object.hasOwn(READERS, kind)) return undefined;
  return READERS[kind as Push['kind']](message.slice(version.length + kind.length + 2));
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

type PushStore = Pick<Store, 'subscribe' | 'unsubscribe' | 'onPushGap' | 'announce' | 'tellTyping' | 'probe'>;

export async function createPushes(channels: Channels, link: Link): Promise<PushStore> {
  return {
    subscribe: (user, listener) => channels.listen(userKeys(user).push, (message) => deliver(message, listener)),
    unsubscribe: (user) => channels.forget(userKeys(user).push),
    onPushGap: (listener) => channels.onGap(listener),

    async announce(users, about) {
      const tell = (user: UserKey) => link.ask((redis) => redis.spublish(userKeys(user).push, `1|presence|${about}`));
      await Promise.all(users.map(tell));
    },

    async tellTyping(user, from) {
      const { friends, peers, push } = userKeys(user);
      await link.run('tell-typing', [friends, peers, push], [from]);
    },

    probe: await createProbe(channels, link),
  };
}

type ProbeKeys = ReturnType<typeof probeKeys>;

/** Names that are tried until the slot of one is at the line's master. */
const TRIES = 10_000;

/** Probes every line: each can go deaf by itself. The store answers as long as one of them does. */
async function createProbe(channels: Channels, link: Link): Promise<Store['probe']> {
  const waiting = new Map<string, () => void>();
  /** For each line what it carries: a channel of this process' own. */
  const probes = new Map<Line, ProbeKeys>();

  async function provide(line: Line): Promise<ProbeKeys> {
    const known = probes.get(line);
    if (known && line.carries(known.push)) return known;
    let keys = probeKeys(randomUUID());
    for (let i = 0; i < TRIES && !line.carries(keys.push); i += 1) keys = probeKeys(randomUUID());
    await channels.listen(keys.push, (id) => waiting.get(id)?.());
    if (known) await channels.forget(known.push);
    probes.set(line, keys);
    return keys;
  }

  async function probeLine(line: Line): Promise<void> {
    const id = randomUUID();
    let isWritten = false;
    let timer: NodeJS.Timeout | undefined;
    const isBack = new Promise<void>((resolve, reject) => {
      waiting.set(id, resolve);
      timer = setTimeout(() => {
        // The subscription went deaf on a connection that looks alive.
        if (isWritten) line.reconnect();
        reject(new Error(`${isWritten ? 'the push channel of redis' : 'redis'} did not answer within 2 s`));
      }, PROBE_TIMEOUT);
    });
    const write = async (): Promise<void> => {
      const { written, push } = await provide(line);
      await link.run('probe', [written, push], [id]);
      isWritten = true;
    };
    try {
      // Without an answer the writing goes on in the background: it has more patience than a probe.
      await Promise.race([isBack, write().then(() => isBack)]);
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  }

  await Promise.all(channels.listLines().map(provide));
  return async () => {
    const lines = channels.listLines();
    for (const line of probes.keys()) if (!lines.includes(line)) probes.delete(line);
    const outcomes = await Promise.allSettled(lines.map(probeLine));
    if (outcomes.some(({ status }) => status === 'fulfilled')) return;
    throw outcomes.find((outcome) => outcome.status === 'rejected')?.reason ?? new Error('redis has no master');
  };
}
