/** What each kind of line in a play does. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { AddAccount, Admin } from './admin.ts';
import type { Cast } from './cast.ts';
import type { Client } from './client.ts';
import { toBytes, type Action, type Leaving, type Step } from './play.ts';

/** One who acts in a play: a user at one device, `alice` or `alice@phone`, with the connection of the moment. */
export interface Actor {
  readonly name: string;
  readonly client: Client;
  /** What was said, for the report of a failure. */
  readonly log: string[];
  /** Documents sent whose echo was not looked at yet. */
  readonly unechoed: string[];
  /** Has ended the connection itself: nothing can be proved by an echo any more. */
  isSilent: boolean;
}

export interface Stage {
  readonly cast: Cast;
  /** Milliseconds that an expected document may take. */
  readonly patience: number;
  readonly admin: Admin | undefined;
  readonly addAccount: AddAccount;
  readonly pass: ((seconds: number) => Promise<void>) | undefined;
  readonly packets: 'documents' | 'bytes' | 'joined';
  readonly actors: ReadonlyMap<string, Actor>;
  connect(name: string, answersPings: boolean): Promise<Actor>;
}

type Sending = Extract<Action, { kind: 'sends' }>;
type Receiving = Extract<Action, { kind: 'receives' }>;

/** Does one line; `together` are the lines whose documents go out in the same packet. Throws what is wrong. */
export async function doStep(step: Step, stage: Stage, together: readonly Sending[]): Promise<void> {
  switch (step.kind) {
    case 'connects':
      return void (await stage.connect(step.actor, step.answersPings));
    case 'logs in':
      return logIn(step.actor, stage);
    case 'passes':
      return stage.pass ? stage.pass(step.seconds) : sleep(step.seconds * 1000);
    case 'admin':
      return direct(step, stage);
    case 'is taken':
      return expectTaken(step.user, stage);
    default:
      return act(step, findActor(step.actor, stage), stage, together);
  }
}

type ActorStep = Exclude<Step, { kind: 'connects' | 'logs in' | 'passes' | 'admin' | 'is taken' }>;

async function act(step: ActorStep, actor: Actor, stage: Stage, together: readonly Sending[]): Promise<void> {
  switch (step.kind) {
    case 'sends':
      return send(actor, [step, ...together], stage);
    case 'receives':
      return step.order === 'any' ? receiveAll(actor, step, stage) : receiveEach(actor, step, stage);
    case 'receives echo':
      return void (await receive(actor, [actor.unechoed[0] ?? '(nothing was sent)'], stage));
    case 'receives nothing':
      return expectNothing(actor, stage);
    case 'is closed':
      return expectEnd(actor, step.code, stage);
    case 'is gone':
      return waitUntilGone(userOf(actor.name), stage);
    case 'stops reading':
      return actor.client.pause();
    case 'reads again':
      return actor.client.resume();
    case 'drops':
    case 'resets':
    case 'half-closes':
      return leave(actor, step.kind);
  }
}

/** The user an actor's name tells: `alice@phone` is alice. */
function userOf(name: string): string {
  return name.split('@', 1)[0]!;
}

function findActor(name: string, stage: Stage): Actor {
  const actor = stage.actors.get(name);
  if (!actor) throw new Error(`${name} has not connected`);
  return actor;
}

async function logIn(name: string, stage: Stage): Promise<void> {
  const actor = await stage.connect(name, true);
  const user = userOf(name);
  const document = stage.cast.translate(`<LOGIN user="${user}" pass="$${user.toLowerCase()}"/>`);
  await actor.client.send(Buffer.from(document));
  await receive(actor, [document], stage);
  await receive(actor, [stage.cast.translate(`<LOGIN user="${user}" result="1"/>`)], stage);
}

async function send(actor: Actor, sends: readonly Sending[], stage: Stage): Promise<void> {
  const documents = sends.flatMap(({ text, times }) =>
    new Array<Buffer>(times).fill(toBytes(stage.cast.translate(text))),
  );
  for (const document of documents) {
    actor.unechoed.push(document.toString('utf8').trim());
    actor.log.push(`sent     ${shorten(document.toString('utf8'))}`);
  }
  const whole = Buffer.concat(documents);
  if (sends[0]!.frame === 'binary') return actor.client.send(whole, 'binary');
  if (stage.packets === 'bytes') return actor.client.sendSlowly(whole);
  if (stage.packets === 'joined') return actor.client.send(whole);
  for (const document of documents) await actor.client.send(document);
}

/** Documents of a connection are handled in order: what comes before the echo of an ALIVE would be too much. */
async function expectNothing(actor: Actor, stage: Stage): Promise<void> {
  await actor.client.send(Buffer.from('<ALIVE/>'));
  await receive(actor, ['<ALIVE/>'], stage);
  actor.unechoed.length = 0;
}

async function receiveEach(actor: Actor, step: Receiving, stage: Stage): Promise<void> {
  const documents = step.documents.map((document) => toExpected(document, stage));
  if (step.order === 'one') return void (await receive(actor, documents, stage));
  for (const document of documents) await receive(actor, [document], stage);
}

async function receiveAll(actor: Actor, step: Receiving, stage: Stage): Promise<void> {
  const documents = step.documents.map((document) => toExpected(document, stage));
  while (documents.length > 0) {
    const taken = await receive(actor, documents, stage);
    documents.splice(documents.indexOf(taken), 1);
  }
}

function toExpected(document: string, stage: Stage): string {
  return toBytes(stage.cast.translate(document)).toString('utf8');
}

async function receive(actor: Actor, documents: readonly string[], stage: Stage): Promise<string> {
  const { inbox } = actor.client;
  const taken = await inbox.take(documents, stage.patience);
  if (taken === actor.unechoed[0]) actor.unechoed.shift();
  if (taken === undefined) {
    const expected = documents.map(shorten).join('\n    ');
    throw new Error(`  expected (${actor.client.transport}):\n    ${expected}\n  got:\n    ${inbox.describe()}`);
  }
  actor.log.push(`received ${shorten(taken)}`);
  return taken;
}

async function expectEnd(actor: Actor, code: number | undefined, stage: Stage): Promise<void> {
  const { inbox, transport } = actor.client;
  const hasEnded = await inbox.waitForEnd(stage.patience);
  const isRight = transport === 'tcp' || code === undefined || inbox.ending?.code === code;
  if (!hasEnded || !inbox.isEmpty || !isRight) {
    throw new Error(`  expected (${transport}): closed${code ? ` with ${code}` : ''}\n  got:\n    ${inbox.describe()}`);
  }
}

function leave(actor: Actor, manner: Leaving): void {
  actor.isSilent = true;
  if (manner === 'drops') actor.client.drop();
  else if (manner === 'resets') actor.client.reset();
  else actor.client.finish();
}

async function waitUntilGone(user: string, stage: Stage): Promise<void> {
  const deadline = Date.now() + stage.patience;
  while ((await stage.admin!.countSessions(stage.cast.name(user))) > 0) {
    if (Date.now() > deadline) throw new Error(`  ${user} still has a session`);
    await sleep(20);
  }
}

async function expectTaken(user: string, stage: Stage): Promise<void> {
  const outcome = await stage.addAccount(stage.cast.name(user), stage.cast.pass(user));
  if (outcome !== 'taken') throw new Error(`  expected: the name is taken\n  got: ${outcome}`);
}

async function direct(step: Extract<Step, { kind: 'admin' }>, stage: Stage): Promise<void> {
  const { cast, admin } = stage;
  const isNewPass = step.action === 'gives a new password to';
  if (isNewPass) cast.changePass(step.user);
  await admin!.act(step.action, cast.name(step.user), isNewPass ? cast.pass(step.user) : undefined);
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
