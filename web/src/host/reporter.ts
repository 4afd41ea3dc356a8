/** Keeps the scene that the tabs have like the client, and tells what is different: once for all that came together. */

import type { Client, Message, Update } from '../../../protocol/client.ts';
import { STATUS_UNKNOWN, toAsciiLower } from '../../../protocol/documents.ts';
import { applyChange, compareConversations } from './scene.ts';
import type { ConversationChange, Scene, SceneChange, SceneFields } from './scene.ts';

/** How long the screens keep what the tab before this one had told them, while this one connects. */
const CALM = 2_000;

type Told = (scene: Scene, change: SceneChange) => void;

export class Reporter {
  readonly #client: Client;
  readonly #told: Told;
  #scene: Scene;
  #fields: SceneFields = {};
  readonly #conversations = new Set<string>();
  readonly #arrivals: Message[] = [];
  readonly #taken: string[] = [];
  #isDue = false;
  /**
   * Connection, friends and conversations are as the tab before this one had told them: what it told last may not have been
   * kept before it went, and comes back with the connection.
   */
  #isCalm: boolean;
  /** Resolves when everything is told as it is with the client. */
  readonly calmed: Promise<void>;
  #endWaiting = (): void => {};

  /** `inherited`: what the screens show that another tab cared for until now. */
  constructor(client: Client, inherited: Scene | undefined, told: Told) {
    this.#client = client;
    this.#told = told;
    const conversations = describeAll(client);
    this.#scene = { ...(inherited ?? EMPTY), ...describeExtent(client), conversations };
    this.#isCalm = inherited?.connection.state === 'online';
    this.calmed = this.#isCalm ? new Promise((resolve) => (this.#endWaiting = resolve)) : Promise.resolve();
    if (inherited && this.#isCalm) this.#beCalm(inherited);
    else this.#scene = { ...this.#scene, ...this.#describe() };
  }

  get scene(): Scene {
    return this.#scene;
  }

  /** Something is different with the client. */
  take(update: Update): void {
    if (update.kind === 'conversation') this.#conversations.add(toAsciiLower(update.with));
    else if (update.kind !== 'message') this.#takeFields();
    else if (!update.isOld) this.#arrivals.push(update.message);
    this.#schedule();
  }

  /** Something is different that the client does not know of. */
  set(fields: SceneFields): void {
    this.#fields = { ...this.#fields, ...fields };
    this.#schedule();
  }

  /** The scene has this conversation from now on. */
  look(key: string): void {
    if (this.#scene.conversations.has(key)) return;
    this.#conversations.add(key);
    this.#schedule();
  }

  /** Notes are items of their conversations: told together with them. */
  noteTaken(ids: readonly string[]): void {
    this.#taken.push(...ids);
    this.#schedule();
  }

  /** Tells now what is different. */
  flush(): void {
    if (!this.#isDue) return;
    this.#isDue = false;
    const change: SceneChange = {
      fields: { ...this.#fields, ...describeExtent(this.#client) },
      conversations: this.#takeTellable().map((key) => this.#compare(key)),
      arrivals: this.#arrivals.splice(0),
      taken: this.#isCalm ? [] : this.#taken.splice(0),
    };
    this.#fields = {};
    this.#scene = applyChange(this.#scene, change);
    this.#told(this.#scene, change);
  }

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.flush());
  }

  #takeFields(): void {
    const { connection } = this.#client;
    const isSettled = connection.state === 'out' || (connection.state === 'online' && connection.isCaughtUp);
    if (isSettled && this.#isCalm) this.#leaveCalm();
    if (!this.#isCalm) this.#fields = { ...this.#fields, ...this.#describe() };
  }

  #beCalm(inherited: Scene): void {
    const conversations = new Map([...this.#scene.conversations, ...inherited.conversations]);
    this.#scene = { ...this.#scene, conversations };
    setTimeout(() => {
      if (!this.#isCalm) return;
      this.#leaveCalm();
      this.#takeFields();
      this.#schedule();
    }, CALM);
  }

  #leaveCalm(): void {
    this.#isCalm = false;
    for (const key of this.#scene.conversations.keys()) this.#conversations.add(key);
    this.#endWaiting();
  }

  /** The keys of conversations that may be told now; of new ones none with a message whose note still stands there. */
  #takeTellable(): readonly string[] {
    const { conversations } = this.#scene;
    const isNew = (key: string): boolean => !conversations.has(key) && this.#taken.length === 0;
    const keys = [...this.#conversations].filter((key) => !this.#isCalm || isNew(key));
    for (const key of keys) this.#conversations.delete(key);
    return keys;
  }

  #describe(): SceneFields {
    const { connection, friends, invitations, invited } = this.#client;
    const isCaughtUp = connection.state === 'online' && connection.isCaughtUp;
    const isListed = this.#scene.isListed || friends.length > 0 || isCaughtUp;
    return { connection, friends, invitations, invited, isListed };
  }

  #compare(key: string): ConversationChange {
    return compareConversations(key, this.#scene.conversations.get(key), this.#client.conversation(key));
  }
}

const EMPTY: Scene = {
  user: '',
  device: '',
  isIn: false,
  connection: { state: 'out', why: 'stopped' },
  friends: [],
  invitations: [],
  invited: [],
  isListed: false,
  status: STATUS_UNKNOWN,
  statuses: [],
  hasOlder: false,
  completeFrom: 0,
  conversations: new Map(),
};

function describeAll(client: Client): Scene['conversations'] {
  return new Map(client.conversations.map((conversation) => [toAsciiLower(conversation.name), conversation]));
}

function describeExtent({ user, device, hasOlder, completeFrom }: Client): SceneFields {
  return { user, device, hasOlder, completeFrom };
}
