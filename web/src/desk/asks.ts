/** What a tab asked and has no answer to; asked again when another tab runs the client, where that does no harm. */

import { DOUBTS } from '../host/commands.ts';
import type { Answer, Arguments, CommandName } from '../host/commands.ts';

export interface Ask {
  readonly id: number;
  readonly name: CommandName;
  readonly args: readonly unknown[];
}

interface OpenAsk extends Ask {
  /** Somebody may have done it. */
  isPut: boolean;
  resolve(answer: unknown): void;
}

export class Asks {
  readonly #put: (ask: Ask) => boolean;
  /** In the order of asking. */
  readonly #open = new Map<number, OpenAsk>();
  #lastId = 0;

  /** `put`: brings it to who runs the client; false where nobody does. */
  constructor(put: (ask: Ask) => boolean) {
    this.#put = put;
  }

  ask<N extends CommandName>(name: N, args: Arguments<N>): Promise<Answer<N>> {
    return new Promise((resolve) => {
      this.#lastId += 1;
      const ask: OpenAsk = {
        id: this.#lastId,
        name,
        args,
        isPut: false,
        resolve: (answer) => resolve(answer as Answer<N>),
      };
      this.#open.set(ask.id, ask);
      this.#bring(ask);
    });
  }

  answer(id: number, answer: unknown): void {
    const ask = this.#open.get(id);
    this.#open.delete(id);
    ask?.resolve(answer);
  }

  /** Another one runs the client now. */
  repeat(): void {
    for (const ask of [...this.#open.values()]) {
      if (ask.isPut && ask.name in DOUBTS) this.answer(ask.id, DOUBTS[ask.name]);
      else this.#bring(ask);
    }
  }

  #bring(ask: OpenAsk): void {
    const { id, name, args } = ask;
    if (this.#put({ id, name, args })) ask.isPut = true;
  }
}
