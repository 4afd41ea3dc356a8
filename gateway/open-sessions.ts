/** The sessions whose connections are open: each gets its name here, and all are ended here when the gateway stops. */

import type { Services } from './services.ts';
import { Session } from './session.ts';
import type { Accept } from './transport/connection.ts';

export class OpenSessions {
  readonly #services: Services;
  /** Each with the end of its connection, oldest first. */
  readonly #sessions = new Map<Session, Promise<void>>();
  #count = 0;

  constructor(services: Services) {
    this.#services = services;
  }

  readonly accept: Accept = (connection) => {
    this.#count += 1;
    const id = `${this.#services.presence.incarnation}.${this.#count}`;
    let over = (): void => {};
    const closed = new Promise<void>((resolve) => (over = resolve));
    const session: Session = new Session(id, connection, this.#services, () => {
      this.#sessions.delete(session);
      over();
    });
    this.#sessions.set(session, closed);
    return session;
  };

  get size(): number {
    return this.#sessions.size;
  }

  /** Oldest first. */
  all(): Iterable<Session> {
    return this.#sessions.keys();
  }

  /** Answers what was received and closes all; after `patience` milliseconds those that are left are cut off. */
  async closeAll(patience: number): Promise<void> {
    for (const session of [...this.#sessions.keys()]) session.shutDown();
    const waited = new Promise<void>((resolve) => this.#services.clock.after(patience, resolve));
    await Promise.race([Promise.all(this.#sessions.values()), waited]);
    for (const session of this.#sessions.keys()) session.cutOff();
  }
}
