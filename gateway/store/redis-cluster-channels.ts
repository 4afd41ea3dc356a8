/** Sharded channels in a cluster: a connection to each master, which channels follow when their slots move. */

import calculateSlot from 'cluster-key-slot';
import type { Cluster, Redis } from 'ioredis';
import { createChannels, type Channels, type Line, type LineOptions, type Listener } from './redis-channels.ts';
import type { Ask } from './redis-link.ts';

export interface ClusterChannelsOptions {
  readonly cluster: Cluster;
  /** Opens a connection to a master, `host:port`. */
  readonly open: (node: string) => Redis;
  /** Of one connection: asks once. */
  readonly once: Ask;
  /** Asks again while the trouble passes. */
  readonly ask: Ask;
  readonly connected: LineOptions['connected'];
}

interface Node {
  readonly channels: Channels;
  readonly line: Line;
}

/**
 * ioredis' own sharded subscribers stayed deaf after four of seven failovers, and do not tell when messages may have
 * been lost: here each refresh of the map is compared with where the channels are.
 */
export function createClusterChannels(options: ClusterChannelsOptions): Channels {
  const { cluster, ask, once, connected } = options;
  const nodes = new Map<string, Node>();
  const listeners = new Map<string, Listener>();
  /** Where each channel is listened to. */
  const owners = new Map<string, string>();
  const gapListeners: (() => void)[] = [];
  let isFollowing = false;
  cluster.on('refresh', () => void follow());

  const refresh = (): void => cluster.refreshSlotsCache();
  const tellGap = (): void => gapListeners.forEach((listener) => listener());

  function findOwner(channel: string): string | undefined {
    return cluster.slots[calculateSlot(channel)]?.[0];
  }

  function openNode(name: string): Node {
    const known = nodes.get(name);
    if (known) return known;
    const redis = options.open(name);
    redis.on('error', () => undefined);
    const channels = createChannels(redis, { ask: once, connected, moved: refresh });
    channels.onGap(tellGap);
    redis.connect().catch(() => undefined);
    const line = { ...channels.listLines()[0]!, carries: (channel: string) => findOwner(channel) === name };
    const node = { channels, line };
    nodes.set(name, node);
    return node;
  }

  async function settle(channel: string, listener: Listener): Promise<void> {
    const owner = findOwner(channel);
    if (owner === undefined) throw new Error('CLUSTERDOWN no master has the slot');
    try {
      await openNode(owner).channels.listen(channel, listener);
    } catch (error) {
      refresh();
      return bare(error as Error);
    }
    const before = owners.get(channel);
    owners.set(channel, owner);
    // The node may be gone, and where a slot moved the server has unsubscribed by itself.
    if (before !== undefined && before !== owner) leave(before, channel).catch(() => undefined);
  }

  async function leave(node: string, channel: string): Promise<void> {
    await nodes.get(node)?.channels.forget(channel).catch(bare);
  }

  /** Without the place that `once` puts in front: `ask` does it again. */
  function bare(error: Error): never {
    throw new Error(error.message.replace(/^redis .*?: /, ''));
  }

  /** After a refresh of the map: channels go where their slots are. */
  async function follow(): Promise<void> {
    const masters = new Set(cluster.slots.map(([master]) => master));
    for (const master of masters) if (master !== undefined) openNode(master);
    if (isFollowing) return;
    isFollowing = true;
    const strayed = [...listeners].filter(
      ([channel]) => owners.has(channel) && owners.get(channel) !== findOwner(channel),
    );
    const moves = await Promise.allSettled(strayed.map(([channel, listener]) => settle(channel, listener)));
    if (moves.some(({ status }) => status === 'fulfilled')) tellGap();
    closeUnused(masters);
    isFollowing = false;
  }

  function closeUnused(masters: ReadonlySet<string | undefined>): void {
    const used = new Set(owners.values());
    for (const [name, { channels }] of nodes) {
      if (masters.has(name) || used.has(name)) continue;
      nodes.delete(name);
      channels.close();
    }
  }

  void follow();
  return {
    async listen(channel, listener) {
      listeners.set(channel, listener);
      try {
        await ask(() => settle(channel, listener));
      } catch (error) {
        if (listeners.get(channel) === listener) listeners.delete(channel);
        throw error;
      }
    },

    async forget(channel) {
      const owner = owners.get(channel);
      listeners.delete(channel);
      owners.delete(channel);
      if (owner !== undefined) await ask(() => leave(owner, channel));
    },

    onGap: (listener) => void gapListeners.push(listener),
    listLines: () => [...nodes.values()].map(({ line }) => line),
    close: () => nodes.forEach(({ channels }) => channels.close()),
  };
}
