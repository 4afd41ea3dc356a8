/** Starts a Redis for tests with replicas and the sentinels that watch it. */

import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPorts } from './ports.ts';
import { serverArgs, startRedisProcess, type RedisProcess } from './redis-process.ts';
import { createControl, readFields, waitFor } from './redis-control.ts';

export interface SentinelNode extends RedisProcess {
  /** A connection of the test's own; rejects what is not answered within 2 s. */
  readonly client: Redis;
}

export interface RedisSentinel {
  /** `redis+sentinel://` with all sentinels, and the master's name. */
  readonly url: string;
  /** The master of the start, then its replicas. */
  readonly nodes: readonly SentinelNode[];
  readonly sentinels: readonly SentinelNode[];
  /** The node that all sentinels have as master. */
  master(): Promise<SentinelNode>;
  /** Kills the master and gives it. */
  kill9Master(): Promise<SentinelNode>;
  /** Freezes the master and gives it. */
  freezeMaster(): Promise<SentinelNode>;
  /** Resolves with the new master when all sentinels have one that is not `lost`, and it takes writes. */
  waitForFailover(lost: SentinelNode): Promise<SentinelNode>;
  /** Resolves when all nodes are there, and all but the master follow it. */
  waitUntilWhole(): Promise<void>;
  stop(): Promise<void>;
}

export interface RedisSentinelOptions {
  /** Milliseconds after which a silent master counts as down (1,000). */
  readonly downAfter?: number;
  /** 2 when absent. */
  readonly replicas?: number;
  /** More of the command line of each node that holds data. */
  readonly args?: readonly string[];
}

const NAME = 'ims';
const SENTINELS = 3;
const QUORUM = 2;

/** Resolves when the replicas are in step and the sentinels know each other. */
export async function startRedisSentinel(options: RedisSentinelOptions = {}): Promise<RedisSentinel> {
  const { replicas = 2, downAfter = 1_000, args = [] } = options;
  const ports = await findPorts(1 + replicas + SENTINELS);
  const dataPorts = ports.slice(0, 1 + replicas);
  const [master] = dataPorts as [number];
  const nodes = await Promise.all(
    dataPorts.map((port) =>
      startNode(port, (folder) => [
        ...serverArgs(port, folder),
        ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
        ...(port === master ? [] : ['--replicaof', '127.0.0.1', `${master}`]),
        ...args,
      ]),
    ),
  );
  const sentinels = await startSentinels(ports.slice(1 + replicas), dataPorts, downAfter);
  const sentinel = createSentinel(nodes, sentinels);
  try {
    // They ask every ten seconds otherwise, and a master that comes back is made a replica only after four hellos.
    const hurry = ['INFO-PERIOD', 1_000, 'PUBLISH-PERIOD', 500];
    await Promise.all(sentinels.map(({ client }) => client.call('SENTINEL', 'DEBUG', ...hurry)));
    await sentinel.waitUntilWhole();
    return sentinel;
  } catch (error) {
    await sentinel.stop();
    throw error;
  }
}

async function startNode(port: number, toArgs: Parameters<typeof startRedisProcess>[1]): Promise<SentinelNode> {
  const server = await startRedisProcess(port, toArgs);
  return Object.assign(server, { client: createControl(port) });
}

/** Told at once what they would find out of each other within seconds. */
function startSentinels(
  ports: readonly number[],
  [master, ...replicas]: readonly number[],
  downAfter: number,
): Promise<SentinelNode[]> {
  const ids = ports.map(() => randomBytes(20).toString('hex'));
  return Promise.all(
    ports.map((port, own) => {
      const lines = [
        `sentinel myid ${ids[own]}`,
        `sentinel monitor ${NAME} 127.0.0.1 ${master} ${QUORUM}`,
        `sentinel down-after-milliseconds ${NAME} ${downAfter}`,
        `sentinel failover-timeout ${NAME} 5000`,
        `sentinel parallel-syncs ${NAME} ${replicas.length}`,
        ...replicas.map((replica) => `sentinel known-replica ${NAME} 127.0.0.1 ${replica}`),
        ...ports.flatMap((other, index) =>
          index === own ? [] : [`sentinel known-sentinel ${NAME} 127.0.0.1 ${other} ${ids[index]}`],
        ),
      ];
      return startNode(port, async (folder) => {
        const file = join(folder, 'sentinel.conf');
        // It keeps its state there: what it wrote stands for the start.
        await writeFile(file, `bind 127.0.0.1\nport ${port}\ndir ${folder}\n${lines.join('\n')}\n`, {
          flag: 'wx',
        }).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
        });
        return [file, '--sentinel'];
      });
    }),
  );
}

function createSentinel(nodes: readonly SentinelNode[], sentinels: readonly SentinelNode[]): RedisSentinel {
  const all = [...nodes, ...sentinels];

  async function readMaster(): Promise<SentinelNode | undefined> {
    const answering = sentinels.filter(({ isAnswering }) => isAnswering);
    const answers = await Promise.all(
      answering.map(({ client }) => client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME) as Promise<string[]>),
    );
    const ports = new Set(answers.map(([, port]) => Number(port)));
    return ports.size === 1 ? nodes.find(({ port }) => ports.has(port)) : undefined;
  }

  async function findMaster(lost?: SentinelNode): Promise<SentinelNode> {
    return waitFor(lost ? `a failover from ${lost.port}` : 'one master', async () => {
      const found = await readMaster();
      if (found === undefined || found === lost) return false;
      return (lost === undefined || (await isMaster(found))) && found;
    });
  }

  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
    nodes,
    sentinels,
    master: () => findMaster(),
    async kill9Master() {
      const master = await findMaster();
      await master.kill9();
      return master;
    },
    async freezeMaster() {
      const master = await findMaster();
      master.freeze();
      return master;
    },
    waitForFailover: (lost) => findMaster(lost),
    async waitUntilWhole() {
      await waitFor('all to follow one master', async () => {
        const master = await readMaster();
        if (master === undefined) return false;
        const states = await Promise.all(nodes.map((node) => isInStep(node, master)));
        return states.every(Boolean) && (await Promise.all(sentinels.map(knowsAll))).every(Boolean);
      });
    },
    async stop() {
      for (const { client } of all) client.disconnect();
      await Promise.all(all.map((node) => node.stop()));
    },
  };

  async function knowsAll({ client }: SentinelNode): Promise<boolean> {
    const [known, others] = await Promise.all([
      client.call('SENTINEL', 'REPLICAS', NAME) as Promise<string[][]>,
      client.call('SENTINEL', 'SENTINELS', NAME) as Promise<string[][]>,
    ]);
    const areUp = [...known, ...others].every((fields) => /^(slave|sentinel)$/.test(valueOf(fields, 'flags')));
    return areUp && known.length === nodes.length - 1 && others.length === sentinels.length - 1;
  }
}

/** Of the list NAME, VALUE, NAME, VALUE … */
function valueOf(fields: readonly string[], name: string): string {
  return fields[fields.indexOf(name) + 1] ?? '';
}

async function isMaster({ client }: SentinelNode): Promise<boolean> {
  return (await readFields(client, 'INFO', 'replication')).get('role') === 'master';
}

async function isInStep(node: SentinelNode, master: SentinelNode): Promise<boolean> {
  if (node === master) return isMaster(node);
  const info = await readFields(node.client, 'INFO', 'replication');
  return info.get('master_port') === String(master.port) && info.get('master_link_status') === 'up';
}
