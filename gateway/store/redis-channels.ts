/** Sharded channels: a connection that listens to them, and finds its way back when it breaks. */

import type { Redis } from 'ioredis';
import type { Ask } from './redis-link.ts';

/** Channels in one SSUBSCRIBE. */
const BATCH = 500;

export interface Channels {
  /** From when it resolves, messages on the channel reach `listener`, one for each channel. */
  listen(channel: string, listener: (message: string) => void): Promise<void>;
  forget(channel: string): Promise<void>;
  /** Called when all channels are listened to again after the connection broke. */
  onGap(listener: () => void): void;
  /** Breaks the connection, and with it what it did not notice. */
  reconnect(): void;
}

/** `subscriber` is connected, does not subscribe again by itself, and is used for nothing else. */
export function createChannels(subscriber: Redis, ask: Ask): Channels {
  const listeners = new Map<string, (message: string) => void>();
  const gapListeners: (() => void)[] = [];
  subscriber.on('smessage', (channel: string, message: string) => listeners.get(channel)?.(message));
  subscriber.on('ready', () => void listenAgain());

  async function listenAgain(): Promise<void> {
    const channels = [...listeners.keys()];
    try {
      for (let i = 0; i < channels.length; i += BATCH) await subscriber.ssubscribe(...channels.slice(i, i + BATCH));
    } catch {
      // Broken meanwhile: the next connection does it. One that is there and does not answer is given up.
      if (subscriber.status === 'ready') subscriber.disconnect(true);
      return;
    }
    for (const listener of gapListeners) listener();
  }

  return {
    async listen(channel, listener) {
      listeners.set(channel, listener);
      try {
        await ask((redis) => redis.ssubscribe(channel));
      } catch (error) {
        if (listeners.get(channel) === listener) listeners.delete(channel);
        throw error;
      }
    },

    async forget(channel) {
      listeners.delete(channel);
      await ask((redis) => redis.sunsubscribe(channel));
    },

    onGap: (listener) => void gapListeners.push(listener),
    reconnect: () => subscriber.disconnect(true),
  };
}
