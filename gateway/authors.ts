/** Changes that sessions make: an ended one changes nothing, and one that the store has lost is opened again first. */

import { ProtocolError } from '../protocol/documents.ts';
import type { Delivery } from './delivery.ts';
import { SessionEnded } from './session-ended.ts';
import type { Author, Fenced, Replaced, Unlisted } from './store/store.ts';

interface Outcome {
  readonly outcome: string;
}

export class Authors {
  readonly #delivery: Delivery;

  constructor(delivery: Delivery) {
    this.#delivery = delivery;
  }

  /**
   * Makes the change, again where the session had to be opened again: it can be repeated.
   * @throws SessionEnded when the author's session was ended; ProtocolError 'replaced' when its device has logged in
   * again. Nothing was changed then.
   */
  async change<T extends Outcome>(
    author: Author,
    change: () => Promise<T>,
  ): Promise<Exclude<T, Fenced | Replaced | Unlisted>> {
    let answer: Outcome = await change();
    if (answer.outcome === 'unlisted') {
      const reopened = await this.#delivery.reopen(author);
      // A failover may have brought a dead session of the device back: which is the newest only a login can tell.
      if (reopened.outcome === 'replaced')
        throw new ProtocolError('unavailable', 'the session was lost: connect again');
      answer = reopened.outcome === 'reopened' ? await change() : reopened;
    }
    if (answer.outcome === 'replaced') throw new ProtocolError('replaced', 'this device has logged in again since');
    if (answer.outcome === 'unlisted' || answer.outcome === 'fenced') throw new SessionEnded();
    return answer as Exclude<T, Fenced | Replaced | Unlisted>;
  }
}
