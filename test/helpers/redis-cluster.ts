/** Starts a Redis Cluster for tests: masters with replicas that can be killed and frozen, and slots that move. */

import type { Redis } from 'ioredis';
import { findPorts } from './ports.ts';
import { createControl, readFields, waitFor } from './redis-control.ts';
import { serverArgs, startRedisProcess, type RedisProcess } from './redis-process.ts';
import { shareSlots, slotOf, SLOTS } from './redis-slots.ts';

export interface ClusterNode extends RedisProcess {
  /** The cluster's name of it, 40 hex digits. */
  readonly id: string;
  /** The port that clients, and replicas, are told. */
  readonly announced: number;
  /** A connection of the test's own; rejects what is not answered within 2 s. */
  readonly client: Redis;
}

export interface RedisCluster {
  /** `redis+cluster://` with all masters of the start. */
  readonly url: string;
  /** The masters of the start first, then their replicas, in the same order. */
  readonly nodes: readonly ClusterNode[];
  /** The node that is master of a key's slot, as the nodes that answer have it. */
  masterOf(key: string): Promise<ClusterNode>;
  /** A node that is replica of this one. */
  replicaOf(master: ClusterNode): Promise<ClusterNode>;
  /** Moves the key's slot to another master, key by key, while the cluster is in use; gives the master that has it now. */
  moveSlot(key: string, to?: ClusterNode): Promise<ClusterNode>;
  /** Resolves when all nodes that answer have all slots served, and none by `lost`. */
  waitForFailover(lost: ClusterNode): Promise<void>;
  /** Resolves when all nodes that answer agree that all is well, and replicas are in step. */
  waitUntilWhole(): Promise<void>;
  /** Empties all masters. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export interface RedisClusterOptions {
  /** 3 when absent. */
  readonly masters?: number;
  /** Of each master; 1 when absent. */
  readonly replicas?: number;
  /** Milliseconds after which a silent node counts as failed (1,500). */
  readonly nodeTimeout?: number;
  /** More of each node's command line. */
  readonly args?: readonly string[];
  /** Gives the port to be told instead of a node's own, e.g. of a proxy before it. Replicas follow their master there, too. */
  readonly announce?: (port: number) => Promise<number>;
}

/** Resolves when all slots are served and all replicas are in step. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { masters = 3, replicas = 1 } = options;
  const ports = await findPorts(masters * (1 + replicas));
  const nodes = await Promise.all(ports.map((port) => startNode(port, options)));
  try {
    await join(nodes, masters);
    const cluster = createCluster(nodes, masters);
    await cluster.waitUntilWhole();
    return cluster;
  } catch (error) {
    await stopAll(nodes);
    throw error;
  }
}

async function startNode(port: number, options: RedisClusterOptions): Promise<ClusterNode> {
  const { nodeTimeout = 1_500, args = [], announce } = options;
  const announced = (await announce?.(port)) ?? port;
  const settings = {
    'cluster-enabled': 'yes',
    'cluster-config-file': 'nodes.conf',
    'cluster-node-timeout': nodeTimeout,
    // A replica takes over however long it was cut off: what it missed is what tests are about.
    'cluster-replica-validity-factor': 0,
    'cluster-announce-ip': '127.0.0.1',
    'cluster-announce-port': announced,
    'cluster-announce-bus-port': port + 10_000,
    'repl-diskless-sync-delay': 0,
    // A replica is shown to nobody before its master's first ping.
    'repl-ping-replica-period': 1,
  };
  const own = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const server = await startRedisProcess(port, (folder) => [...serverArgs(port, folder), ...own, ...args]);
  const client = createControl(port);
  const id = (await client.call('CLUSTER', 'MYID')) as string;
  return Object.assign(server, { id, announced, client });
}

/** Makes one cluster of nodes that do not know each other. */
async function join(nodes: readonly ClusterNode[], masters: number): Promise<void> {
  const shares = shareSlots(masters);
  for (const [index, { client }] of nodes.entries()) {
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    if (index < masters) await client.call('CLUSTER', 'ADDSLOTSRANGE', ...shares[index]!);
    // Each meets each, so that nobody waits for gossip.
    for (const { port } of nodes.slice(0, index))
      await client.call('CLUSTER', 'MEET', '127.0.0.1', port, port + 10_000);
  }
  await waitFor('the nodes to know each other', async () => {
    const known = await Promise.all(nodes.map(({ client }) => readFields(client, 'CLUSTER', 'INFO')));
    return known.every((info) => info.get('cluster_known_nodes') === String(nodes.length));
  });
  for (const [index, { client }] of nodes.entries()) {
    if (index >= masters) await client.call('CLUSTER', 'REPLICATE', nodes[index % masters]!.id);
  }
}

function createCluster(nodes: readonly ClusterNode[], masters: number): RedisCluster {
  const addresses = nodes.slice(0, masters).map(({ announced }) => `127.0.0.1:${announced}`);
  const answering = (): readonly ClusterNode[] => nodes.filter(({ isAnswering }) => isAnswering);
  const views = (): Promise<readonly View[]> => Promise.all(answering().map(readView));
  const find = (id: string | undefined): ClusterNode => {
    const node = nodes.find((candidate) => candidate.id === id);
    if (node === undefined) throw new Error(`no node of this cluster has the id ${id}`);
    return node;
  };

  async function masterOf(key: string): Promise<ClusterNode> {
    const slot = slotOf(key);
    const owners = await waitFor(`one master of slot ${slot}`, async () => {
      const ids = new Set((await views()).map(({ ranges }) => ranges.find((range) => isIn(slot, range))?.ids[0]));
      return ids.size === 1 && [...ids];
    });
    return find(owners[0]);
  }

  return {
    url: `redis+cluster://${addresses.join(',')}`,
    nodes,
    masterOf,
    async replicaOf(master) {
      const ids = await waitFor(`a replica of ${master.port}`, async () => {
        const ranges = (await views()).flatMap((view) => view.ranges).filter(({ ids: [owner] }) => owner === master.id);
        return ranges[0]?.ids[1] !== undefined && ranges[0].ids;
      });
      return find(ids[1]);
    },
    async moveSlot(key, to) {
      const from = await masterOf(key);
      const owners = new Set((await readView(from)).ranges.map(({ ids: [owner] }) => owner));
      const target = to ?? find([...owners].find((id) => id !== from.id));
      const slot = slotOf(key);
      // A target that knows an old epoch takes too low a one of its own, and gives the slot back to a source that has
      // forgotten it: then nobody has it.
      await waitFor(
        'all to know all epochs',
        async () => new Set((await views()).map(({ epochs }) => epochs)).size === 1,
      );
      await moveSlot(slot, from, target, answering());
      await waitFor(`${target.port} to have slot ${slot}`, async () =>
        (await views()).every(({ ranges }) => ranges.find((range) => isIn(slot, range))?.ids[0] === target.id),
      );
      return target;
    },
    async waitForFailover(lost) {
      await waitFor(`a failover from ${lost.port}`, async () =>
        (await views()).every((view) => isWhole(view) && view.ranges.every(({ ids: [owner] }) => owner !== lost.id)),
      );
    },
    async waitUntilWhole() {
      await waitFor('the cluster to be whole', async () => {
        const all = await Promise.all(nodes.map(readView));
        const areFollowed = all.every((view) => view.ranges.every(({ ids }) => ids.length === nodes.length / masters));
        return areFollowed && all.every((view) => isWhole(view) && view.isInStep) && haveOneMind(all);
      });
    },
    async flush() {
      const owners = new Set((await readView(answering()[0]!)).ranges.map(({ ids: [owner] }) => owner));
      await Promise.all([...owners].map((id) => find(id).client.flushall()));
    },
    stop: () => stopAll(nodes),
  };
}

/** What one node knows of the cluster. */
interface View {
  readonly isOk: boolean;
  /** All nodes with the epochs of their configurations. */
  readonly epochs: string;
  /** A replica has all its master has sent. */
  readonly isInStep: boolean;
  /** Master first, then replicas. */
  readonly ranges: readonly { readonly first: number; readonly last: number; readonly ids: readonly string[] }[];
}

type SlotsReply = readonly [number, number, ...(readonly [string, number, string])[]][];

async function readView({ client }: ClusterNode): Promise<View> {
  const [cluster, replication, nodes, slots] = await Promise.all([
    readFields(client, 'CLUSTER', 'INFO'),
    readFields(client, 'INFO', 'replication'),
    client.call('CLUSTER', 'NODES') as Promise<string>,
    client.call('CLUSTER', 'SLOTS') as Promise<SlotsReply>,
  ]);
  return {
    isOk: cluster.get('cluster_state') === 'ok',
    epochs: nodes.split('\n').map(toEpoch).sort().join(),
    isInStep: replication.get('role') === 'master' || replication.get('master_link_status') === 'up',
    ranges: slots.map(([first, last, ...owners]) => ({ first, last, ids: owners.map(([, , id]) => id) })),
  };
}

/** Of a line ID ADDRESS FLAGS MASTER PING PONG EPOCH …; a replica shows its master's, not always at once. */
function toEpoch(line: string): string {
  const [id = '', , flags = '', , , , epoch = ''] = line.split(' ');
  return flags.includes('master') ? `${id} ${epoch}` : '';
}

function isIn(slot: number, { first, last }: View['ranges'][number]): boolean {
  return first <= slot && slot <= last;
}

function isWhole({ isOk, ranges }: View): boolean {
  return isOk && ranges.reduce((count, { first, last }) => count + last - first + 1, 0) === SLOTS;
}

function haveOneMind(views: readonly View[]): boolean {
  const texts = views.map(({ ranges }) => ranges.map(({ first, last, ids }) => `${first}-${last} ${ids[0]}`).sort());
  return new Set(texts.map((lines) => lines.join())).size === 1;
}

/** The steps of `redis-cli --cluster reshard`, and one key at a time: commands come between. */
async function moveSlot(
  slot: number,
  from: ClusterNode,
  to: ClusterNode,
  nodes: readonly ClusterNode[],
): Promise<void> {
  await to.client.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
  await from.client.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
  for (;;) {
    const [key] = (await from.client.call('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
    if (key === undefined) break;
    await from.client.call('MIGRATE', '127.0.0.1', to.port, key, 0, 2_000);
  }
  // The new owner first: one that forgot the slot before would leave it to nobody.
  const others = nodes.filter((node) => node !== to && node !== from);
  for (const { client } of [to, from, ...others]) {
    // A replica learns it from its master.
    if ((await readFields(client, 'INFO', 'replication')).get('role') === 'master')
      await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
  }
}

async function stopAll(nodes: readonly ClusterNode[]): Promise<void> {
  for (const { client } of nodes) client.disconnect();
  await Promise.all(nodes.map((node) => node.stop()));
}
