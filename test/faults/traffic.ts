/** Classic clients that chat and invite until their gateway dies, and write down what they were told. */

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../helpers/random.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { connectTcp, connectWebSocket, type Client, type TcpAddress } from '../transcripts/client.ts';
import { History } from './history.ts';

export interface Addresses {
  readonly http: string;
  readonly ws: string;
  readonly tcp: TcpAddress;
}

export const SENDERS = ['sender0', 'sender1', 'sender2', 'sender3'];
/** Connected while the traffic runs. */
export const PRESENT = ['present0', 'present1'];
/** Not connected until the end. */
export const ABSENT = ['absent0', 'absent1'];
/** Invited one after the other, connected at the end. */
export const GUESTS = ['guest0', 'guest1', 'guest2', 'guest3', 'guest4', 'guest5'];
const USERS = [...SENDERS, ...PRESENT, ...ABSENT, ...GUESTS];

const PATIENCE = 10_000;
/** One document in so many is an invitation. */
const INVITE_EVERY = 25;

export class Traffic {
  readonly history = new History();
  /** `guest<sender`: what became of the invitation. */
  readonly invitations = new Map<string, 'ok' | 'unknown'>();
  readonly #random: Random;
  #invited = 0;
  #isStopped = false;
  /** Documents answered in this round. */
  answered = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Makes the accounts, and each sender a friend of the first who is present. */
  async prepare(addresses: Addresses): Promise<void> {
    const addAccount = createRegistration(addresses.http);
    for (const user of USERS) await addAccount(user, passOf(user));
    const friend = await logIn(PRESENT[0]!, addresses);
    for (const sender of SENDERS) {
      const client = await logIn(sender, addresses);
      await ask(client, `<FRIEND user="${sender}" type="add" friend="${PRESENT[0]}"/>`);
      await friend.inbox.next(PATIENCE);
      await ask(friend, `<FRIEND user="${PRESENT[0]}" type="accept" other="${sender}"/>`);
      await logOut(sender, client);
    }
    await logOut(PRESENT[0]!, friend);
  }

  /** One round: all chat until the senders' connections end or `stop`; resolves when all are closed. */
  async run(addresses: Addresses): Promise<void> {
    this.answered = 0;
    this.#isStopped = false;
    let areSending = true;
    const present = await Promise.all(PRESENT.map((user) => logIn(user, addresses)));
    const senders = await Promise.all(SENDERS.map((user) => logIn(user, addresses)));
    const listening = PRESENT.map((user, index) => this.#listen(user, present[index]!, () => areSending));
    await Promise.all(SENDERS.map((user, index) => this.#send(user, senders[index]!)));
    areSending = false;
    await Promise.all(listening);
  }

  /** Everybody logs in, takes what waits, and logs out; once more, when nothing may come again. */
  async collect(addresses: Addresses): Promise<void> {
    for (const user of [...PRESENT, ...ABSENT, ...PRESENT, ...ABSENT]) {
      const client = await logIn(user, addresses);
      const listening = this.history.listen(user);
      await client.send(Buffer.from('<ALIVE/>'));
      for (let document = await client.inbox.next(PATIENCE); document !== '<ALIVE/>';) {
        if (document === undefined) throw new Error(`${user}: no echo, ${client.inbox.describe()}`);
        const text = textOf(document);
        if (text !== undefined) listening.texts.push(text);
        document = await client.inbox.next(PATIENCE);
      }
      await logOut(user, client);
      listening.isOrderly = true;
    }
  }

  /** The senders send no more. */
  stop(): void {
    this.#isStopped = true;
  }

  async #listen(user: string, client: Client, areSending: () => boolean): Promise<void> {
    const { texts } = this.history.listen(user);
    while (areSending() || !client.inbox.isEmpty) {
      const document = await client.inbox.next(20);
      const text = document && textOf(document);
      if (text !== undefined && text !== '') texts.push(text);
      if (document === undefined && client.inbox.ending) break;
    }
    client.drop();
  }

  async #send(user: string, client: Client): Promise<void> {
    for (let count = 1; !client.inbox.ending && !this.#isStopped; count++) {
      if (count % INVITE_EVERY === 0 && this.#invited < SENDERS.length * GUESTS.length)
        await this.#invite(user, client);
      const to = this.#random.pick([...PRESENT, ...ABSENT]);
      const { text, sending } = this.history.invoke(user, to);
      const answer = await ask(client, `<MESSAGE from="${user}" to="${to}">${text}</MESSAGE>`);
      const result = /^<MESSAGE result="(-?\d)"\/>$/.exec(answer ?? '')?.[1];
      if (result === undefined) break;
      sending.state = result === '0' ? 'refused' : 'ok';
      this.answered += 1;
    }
    client.drop();
  }

  async #invite(user: string, client: Client): Promise<void> {
    const guest = GUESTS[this.#invited++ % GUESTS.length]!;
    const key = `${guest}<${user}`;
    if (!this.invitations.has(key)) this.invitations.set(key, 'unknown');
    const answer = await ask(client, `<FRIEND user="${user}" type="add" friend="${guest}"/>`);
    if (answer === '<FRIEND type="add" result="1"/>') this.invitations.set(key, 'ok');
  }
}

/** The invitations, as `guest<sender`, that the guests are shown at their login. */
export async function readInvitations(addresses: Addresses): Promise<Set<string>> {
  const shown = new Set<string>();
  for (const guest of GUESTS) {
    const client = await logIn(guest, addresses);
    await client.send(Buffer.from('<ALIVE/>'));
    for (let document = await client.inbox.next(PATIENCE); document !== '<ALIVE/>';) {
      const sender = /^<FRIEND type="invite" to="[^"]*" from="([^"]*)"\/>$/.exec(document ?? '')?.[1];
      if (sender === undefined) throw new Error(`${guest} received ${document}`);
      shown.add(`${guest}<${sender}`);
      document = await client.inbox.next(PATIENCE);
    }
    await logOut(guest, client);
  }
  return shown;
}

/** FRIENDS as the user is answered. */
export async function readFriends(user: string, addresses: Addresses): Promise<string | undefined> {
  const client = await logIn(user, addresses);
  const friends = await ask(client, `<FRIEND user="${user}" type="request"/>`);
  await logOut(user, client);
  return friends;
}

function passOf(user: string): string {
  return createHash('md5').update(`the password of ${user}`).digest('hex');
}

function textOf(document: string): string | undefined {
  return /^<MESSAGE [^>]*>([^<]*)<\/MESSAGE>$/.exec(document)?.[1]?.replace('&gt;', '>');
}

/** The answer, after the echo; undefined when the connection ended before. */
async function ask(client: Client, document: string): Promise<string | undefined> {
  await client.send(Buffer.from(document));
  const echo = await client.inbox.next(PATIENCE);
  return echo === document ? client.inbox.next(PATIENCE) : undefined;
}

/** Half of them over TCP. Tries again while nobody listens or the store is not back. */
async function logIn(user: string, { tcp, ws }: Addresses): Promise<Client> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const client = await (/[02468]$/.test(user) ? connectTcp(tcp) : connectWebSocket(ws)).catch(() => undefined);
    const answer = client && (await ask(client, `<LOGIN user="${user}" pass="${passOf(user)}"/>`));
    if (answer === `<LOGIN user="${user}" result="1"/>`) return client!;
    client?.drop();
    if (Date.now() > deadline) throw new Error(`${user} cannot log in: ${answer}`);
    await sleep(100);
  }
}

async function logOut(user: string, client: Client): Promise<void> {
  const answer = await ask(client, `<LOGOUT user="${user}"/>`);
  if (answer !== '<LOGOUT result="1"/>') throw new Error(`${user} cannot log out: ${answer}`);
  await client.inbox.waitForEnd(PATIENCE);
}
