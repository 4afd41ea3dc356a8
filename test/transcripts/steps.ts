/** What each kind of line in a play does. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { AddAccount, Admin } from './admin.ts';
import type { Cast } from './cast.ts';
import type { Client } from './client.ts';
import type { Device } from './device.ts';
import { toBytes, type Action, type Leaving, type Step } from './play.ts';
import type { Values } from './values.ts';

/**
 * One who acts in a play: a user at one device, `alice` or `alice@phone`, with the connection of the moment;
 * `alice@phone#2` is another connection of that device.
 */
export interface Actor {
  readonly name: string;
  readonly client: Client;
  readonly device: Device;
  /** What was said, for the report of a failure. */
  readonly log: string[];
  /** Documents sent whose echo was not looked at yet. */
  readonly unechoed: string[];
  /** Has ended the connection itself: nothing can be proved by an echo any more. */
  isSilent: boolean;
}

export interface Stage {
  readonly cast: Cast;
  readonly values: Values;
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
    case 'logs in with version 2':
      return logInWithVersion2(step, stage);
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

type Login = Extract<Step, { kind: `logs in${string}` }>;
type ActorStep = Exclude<Step, { kind: 'connects' | Login['kind'] | 'passes' | 'admin' | 'is taken' }>;

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
    case 'overlooks':
      return actor.client.inbox.overlook(step.names);
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
  await sendLogin(actor, `pass="$${user.toLowerCase()}"`, stage);
  await receive(actor, [stage.cast.translate(`<LOGIN user="${user}" result="1"/>`)], stage);
}

async function sendLogin(actor: Actor, attributes: string, stage: Stage): Promise<void> {
  const document = stage.cast.translate(`<LOGIN user="${userOf(actor.name)}" ${attributes}/>`);
  await actor.client.send(Buffer.from(document));
  await receive(actor, [document], stage);
}

/** By password, as a device that holds nothing; or again, with its token, from where it is. What follows is the play's. */
async function logInWithVersion2(
  { actor: name, isAgain, hasNoFriends }: Extract<Step, { kind: 'logs in with version 2' }>,
  stage: Stage,
): Promise<void> {
  const actor = await stage.connect(name, true);
  const { id, login, place } = actor.device;
  const user = userOf(name);
  const fresh = `pass="$${user.toLowerCase()}" version="2" device="${id}" label="${id}"`;
  await sendLogin(actor, isAgain ? login : fresh, stage);
  const token = isAgain ? '' : ' token="[^"]+"';
  const after = isAgain && place !== undefined ? ` after="${place}"` : '';
  const expected = `<LOGIN user="${stage.cast.name(user)}"${token} version="2" result="1" epoch="[^"]+"${after}( (first|head|sent|marks)="[^"]+")*/>`;
  const got = await actor.client.inbox.next(stage.patience);
  if (!new RegExp(`^${expected}$`).test(got ?? '')) throw wrong(actor, expected, got ?? actor.client.inbox.describe());
  note(actor, got!);
  if (hasNoFriends) await receive(actor, ['<FRIENDS/>'], stage);
}

async function send(actor: Actor, sends: readonly Sending[], stage: Stage): Promise<void> {
  const documents = sends.flatMap(({ text, times }) =>
    new Array<Buffer>(times).fill(toBytes(stage.values.fillAll(stage.cast.translate(text)))),
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
  if (step.order === 'one') return void (await receive(actor, toExpected(step.documents, stage), stage));
  for (const document of step.documents) await receive(actor, toExpected([document], stage), stage);
}

async function receiveAll(actor: Actor, step: Receiving, stage: Stage): Promise<void> {
  const open = [...step.documents];
  while (open.length > 0) {
    const documents = toExpected(open, stage);
    open.splice(documents.indexOf(await receive(actor, documents, stage)), 1);
  }
}

function toExpected(documents: readonly string[], { cast, values }: Stage): string[] {
  return documents.map((document) => toBytes(values.fill(cast.translate(document))).toString('utf8'));
}

async function receive(actor: Actor, documents: readonly string[], stage: Stage): Promise<string> {
  const { inbox } = actor.client;
  const taken = await inbox.take(documents, stage.patience);
  if (taken === undefined) throw wrong(actor, documents.map(shorten).join('\n    '), inbox.describe());
  if (taken === actor.unechoed[0]) actor.unechoed.shift();
  stage.values.learn(taken, inbox.taken);
  note(actor, inbox.taken);
  return taken;
}

function note(actor: Actor, document: string): void {
  actor.device.hear(document);
  actor.log.push(`received ${shorten(document)}`);
}

function wrong(actor: Actor, expected: string, got: string): Error {
  return new Error(`  expected (${actor.client.transport}):\n    ${expected}\n  got:\n    ${got}`);
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
