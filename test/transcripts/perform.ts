/** Performs a play at a place: each line done in turn, each expectation checked to the character. */

import { createCast, type Slots } from './cast.ts';
import { connectTcp, connectWebSocket, type TcpAddress } from './client.ts';
import { Device } from './device.ts';
import { findNextSends } from './packets.ts';
import type { Need, Play, Step } from './play.ts';
import { doStep, type Actor, type Stage } from './steps.ts';
import type { AddAccount, Admin } from './admin.ts';
import { Values } from './values.ts';

/** Where plays are performed: the addresses of one gateway or of several that serve the same users. */
export interface Place {
  readonly tcp: readonly TcpAddress[];
  readonly ws: readonly string[];
  readonly addAccount: AddAccount;
  readonly admin?: Admin;
  /** Moves the gateway's clock; without it, seconds pass as they do. */
  readonly pass?: (seconds: number) => Promise<void>;
  /** The gateway's limits and statuses are the defaults. */
  readonly hasDefaults: boolean;
  /** `any` when absent. */
  readonly slots?: Slots;
}

export interface Manner {
  /** `mixed`: TCP and WebSocket by turns, in the order of appearance. */
  readonly transport: 'tcp' | 'websocket' | 'mixed';
  /** One document a packet; one byte a packet; all that can be sent at once in one packet. */
  readonly packets: 'documents' | 'bytes' | 'joined';
}

/** How long an expected document may take, in milliseconds. */
const PATIENCE = 10_000;

/** What the play needs and the place, in this manner, has not. */
export function findMissing(play: Play, place: Place, manner: Manner): Need | undefined {
  const has: Record<Need, boolean> = {
    admin: place.admin !== undefined,
    tcp: manner.transport === 'tcp' && place.tcp.length > 0,
    websocket: manner.transport === 'websocket' && place.ws.length > 0,
    time: true,
    defaults: place.hasDefaults,
  };
  return [...play.needs].find((need) => !has[need]);
}

/** Performs the play; throws with place, expectation and what came instead when it fails. */
export async function perform(play: Play, place: Place, manner: Manner): Promise<void> {
  const cast = createCast([...play.accounts, ...play.strangers], place.slots);
  await Promise.all(play.accounts.map((name) => place.addAccount(cast.name(name), cast.pass(name))));
  const actors = new Map<string, Actor>();
  const devices = new Map<string, Device>();
  const findDevice = (name: string): Device => {
    const [device] = name.split('#', 1) as [string];
    if (!devices.has(device)) devices.set(device, new Device(device.split('@')[1] ?? ''));
    return devices.get(device)!;
  };
  const stage: Stage = {
    cast,
    values: new Values(),
    patience: PATIENCE,
    admin: place.admin,
    addAccount: place.addAccount,
    pass: place.pass,
    actors,
    packets: manner.packets,
    connect: (name, answersPings) => enter({ name, device: findDevice(name), answersPings }, actors, place, manner),
  };
  try {
    await performSteps(play, stage);
  } finally {
    for (const { client } of actors.values()) client.drop();
  }
}

async function performSteps(play: Play, stage: Stage): Promise<void> {
  const sent = new Set<Step>();
  for (const [index, step] of play.steps.entries()) {
    if (sent.has(step)) continue;
    const together = step.kind === 'sends' && stage.packets === 'joined' ? findNextSends(play.steps, index) : [];
    for (const later of together) sent.add(later);
    await doStep(step, stage, together).catch((cause: unknown) => fail(play, step, stage, cause));
  }
  // What nobody expected must not have come either.
  for (const actor of stage.actors.values()) {
    if (actor.client.inbox.ending || actor.isSilent) continue;
    const last = play.steps.at(-1)!;
    const source = `${actor.name} receives nothing more`;
    const fence: Step = { kind: 'receives nothing', actor: actor.name, line: last.line, source };
    await doStep(fence, stage, []).catch((cause: unknown) => fail(play, fence, stage, cause));
  }
}

function fail(play: Play, step: Step, stage: Stage, cause: unknown): never {
  const history = [...stage.actors.values()].map(({ name, log }) => log.slice(-6).map((line) => `    ${name} ${line}`));
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new Error(`${play.file}:${step.line}: ${step.source}\n${message}\n  before:\n${history.flat().join('\n')}`);
}

async function enter(
  { name, device, answersPings }: { name: string; device: Device; answersPings: boolean },
  actors: Map<string, Actor>,
  place: Place,
  manner: Manner,
): Promise<Actor> {
  actors.get(name)?.client.drop();
  const order = [...actors.keys()].indexOf(name);
  const number = order < 0 ? actors.size : order;
  const isTcp = manner.transport === 'tcp' || (manner.transport === 'mixed' && number % 2 === 0);
  const client = isTcp
    ? await connectTcp(place.tcp[number % place.tcp.length]!)
    : await connectWebSocket(place.ws[number % place.ws.length]!, answersPings);
  const actor: Actor = { name, client, device, log: [], unechoed: [], isSilent: false };
  actors.set(name, actor);
  return actor;
}
