/** Sharded channels on one connection, which finds its way back when it breaks. */

import type { Redis } from 'ioredis';
import type { Ask } from './redis-link.ts';

/** Channels that are asked for at once when a connection is back. */
const BATCH = 500;

export type Listener = (message: string) => void;

/** A connection that messages come over; it can go deaf by itself. */
export interface Line {
  /** Whether messages on the channel come over it. */
  carries(channel: string): boolean;
  /** Breaks the connection, and with it what it did not notice. */
  reconnect(): void;
}

export interface Channels {
  /** From when it resolves, messages on the channel reach `listener`, one for each channel. */
  listen(channel: string, listener: Listener): Promise<void>;
  forget(channel: string): Promise<void>;
  /** Called when channels are listened to again after a connection broke, or at another server. */
  onGap(listener: () => void): void;
  listLines(): readonly Line[];
  close(): void;
}

export interface LineOptions {
  readonly ask: Ask;
  /** Called on each new connection before its channels are listened to: it may be another server. */
  readonly connected: (redis: Redis) => Promise<void>;
  /** In a cluster each channel has a command of its own, and its slot may have moved. */
  readonly moved?: () => void;
}

/** `subscriber` is connected, does not subscribe again by itself, and is used for nothing else. */
export function createChannels(subscriber: Redis, { ask, connected, moved }: LineOptions): Channels {
  const listeners = new Map<string, Listener>();
  const gapListeners: (() => void)[] = [];
  const line: Line = { carries: () => true, reconnect: () => subscriber.disconnect(true) };
  subscriber.on('smessage', (channel: string, message: string) => listeners.get(channel)?.(message));
  subscriber.on('ready', () => void begin());

  async function begin(): Promise<void> {
    try {
      await connected(subscriber);
      const channels = [...listeners.keys()];
      for (let i = 0; i < channels.length; i += BATCH) await listenTo(channels.slice(i, i + BATCH));
    } catch {
      // Broken meanwhile: the next connection does it. One that is there and does not answer is given up.
      if (subscriber.status === 'ready') subscriber.disconnect(true);
      return;
    }
    for (const listener of gapListeners) listener();
  }

  async function listenTo(channels: readonly string[]): Promise<void> {
    if (moved === undefined) return void (await subscriber.ssubscribe(...channels));
    await Promise.all(channels.map((channel) => subscriber.ssubscribe(channel).catch(leaveToMap)));
  }

  function leaveToMap(error: Error): void {
    if (!error.message.startsWith('MOVED')) throw error;
    moved!();
  }

  return {
    async listen(channel, listener) {
      listeners.set(channel, listener);
      try {
        await ask(() => subscriber.ssubscribe(channel));
      } catch (error) {
        if (listeners.get(channel) === listener) listeners.delete(channel);
        throw error;
      }
    },

    async forget(channel) {
      listeners.delete(channel);
      await ask(() => subscriber.sunsubscribe(channel));
    },

    onGap: (listener) => void gapListeners.push(listener),
    listLines: () => [line],
    close: () => subscriber.disconnect(),
  };
}
