/** Classic clients that chat, invite and set their status until their gateway dies, and write down what they see. */

import type { Random } from '../helpers/random.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { logIn, passOf, type Addresses, type ClassicClient } from './classic-client.ts';
import { UNWRITTEN } from './history-facts.ts';
import { History } from './history.ts';

export type { Addresses } from './classic-client.ts';

export const SENDERS = ['sender0', 'sender1', 'sender2', 'sender3'];
/** Connected while the traffic runs. */
export const PRESENT = ['present0', 'present1'];
/** Not connected until the end. */
export const ABSENT = ['absent0', 'absent1'];
/** Invited one after the other, connected at the end. */
export const GUESTS = ['guest0', 'guest1', 'guest2', 'guest3', 'guest4', 'guest5'];
const USERS = [...SENDERS, ...PRESENT, ...ABSENT, ...GUESTS];

/** One document in so many is an invitation; one in so many sets a status. */
const INVITE_EVERY = 25;
const STATUS_EVERY = 17;
const STATUSES = ['0', '1', '2'];

export class Traffic {
  readonly history = new History();
  readonly #random: Random;
  #invited = 0;
  #isStopped = false;
  /** Messages answered in this round. */
  answered = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Makes the accounts, and each sender a friend of the first who is present. */
  async prepare(addresses: Addresses): Promise<void> {
    const addAccount = createRegistration(addresses.http);
    for (const user of USERS) await addAccount(user, passOf(user));
    const friend = await this.#logIn(PRESENT[0]!, addresses);
    for (const sender of SENDERS) {
      const client = await this.#logIn(sender, addresses);
      const friendship = client.session.write(friendshipOf(sender), 'friends');
      await client.ask(`<FRIEND user="${sender}" type="add" friend="${friend.user}"/>`);
      // To accept is to add in return.
      const answer = await friend.ask(`<FRIEND user="${friend.user}" type="add" friend="${sender}"/>`);
      if (answer !== '<FRIEND type="add" result="1"/>') throw new Error(`${sender} is no friend: ${answer}`);
      friendship.ok();
      await client.setStatus('0');
      await client.logOut();
    }
    await friend.logOut();
  }

  /** One round: all chat until the senders' connections end or `stop`; resolves when all are closed. */
  async run(addresses: Addresses): Promise<void> {
    this.answered = 0;
    this.#isStopped = false;
    const present = await Promise.all(PRESENT.map((user) => this.#logIn(user, addresses)));
    const senders = await Promise.all(SENDERS.map((user) => this.#logIn(user, addresses)));
    await Promise.all(senders.map((client) => this.#send(client)));
    await Promise.all(present.map((client) => client.drop()));
  }

  /** The senders send no more. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Everybody logs in, takes what waits, and logs out; once more, when nothing may come again. Then who was invited, is
   * a friend or has a status asks for it.
   */
  async collect(addresses: Addresses): Promise<void> {
    for (const user of [...PRESENT, ...ABSENT, ...PRESENT, ...ABSENT]) {
      const client = await this.#logIn(user, addresses);
      await client.drain();
      await client.logOut();
    }
    for (const guest of GUESTS) await this.#readInvitations(guest, addresses);
    await this.#readFriendships(addresses);
    for (const sender of SENDERS) {
      const client = await this.#logIn(sender, addresses);
      await client.readStatus();
      await client.logOut();
    }
  }

  #logIn(user: string, addresses: Addresses): Promise<ClassicClient> {
    return logIn(this.history, user, addresses);
  }

  async #send(client: ClassicClient): Promise<void> {
    for (let count = 1; !client.isOver && !this.#isStopped; count++) {
      if (count % INVITE_EVERY === 0 && this.#invited < SENDERS.length * GUESTS.length) await this.#invite(client);
      if (count % STATUS_EVERY === 0) await client.setStatus(this.#random.pick(STATUSES));
      const { state } = await client.send(this.#random.pick([...PRESENT, ...ABSENT]));
      if (state !== 'unknown') this.answered += 1;
    }
    await client.drop();
  }

  async #invite(client: ClassicClient): Promise<void> {
    const guest = GUESTS[this.#invited++ % GUESTS.length]!;
    const document = `<FRIEND user="${client.user}" type="add" friend="${guest}"/>`;
    await client.change(invitationOf(client.user, guest), 'open', document);
  }

  async #readInvitations(guest: string, addresses: Addresses): Promise<void> {
    const client = await this.#logIn(guest, addresses);
    const reads = SENDERS.map((sender) => client.session.read(invitationOf(sender, guest)));
    await client.drain();
    SENDERS.forEach((sender, index) => reads[index]!.ok(client.invitations.has(sender) ? 'open' : UNWRITTEN));
    await client.logOut();
  }

  async #readFriendships(addresses: Addresses): Promise<void> {
    const client = await this.#logIn(PRESENT[0]!, addresses);
    const reads = SENDERS.map((sender) => client.session.read(friendshipOf(sender)));
    const friends = (await client.ask(`<FRIEND user="${client.user}" type="request"/>`)) ?? '';
    SENDERS.forEach((sender, index) => reads[index]!.ok(friends.includes(`>${sender}<`) ? 'friends' : UNWRITTEN));
    await client.logOut();
  }
}

const invitationOf = (sender: string, guest: string): string => `invitation ${sender}>${guest}`;
const friendshipOf = (sender: string): string => `friendship ${sender}+${PRESENT[0]}`;
