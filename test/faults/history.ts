/** What was sent, what was answered, what arrived: and whether that can be true of a chat. */

export interface Sending {
  readonly from: string;
  readonly to: string;
  /** 1, 2, 3 … of this sender to this receiver. */
  readonly n: number;
  /** `ok`: answered with 1 or -1. `unknown`: no answer came; it may have arrived or not. */
  state: 'ok' | 'refused' | 'unknown';
}

interface Listening {
  readonly user: string;
  readonly texts: string[];
  /** Ended with LOGOUT. */
  isOrderly: boolean;
}

export class History {
  readonly #sendings = new Map<string, Sending>();
  readonly #listenings: Listening[] = [];
  readonly #counts = new Map<string, number>();

  /** A message is about to be sent; its text is unique. */
  invoke(from: string, to: string): { text: string; sending: Sending } {
    const pair = `${from}>${to}`;
    const n = (this.#counts.get(pair) ?? 0) + 1;
    this.#counts.set(pair, n);
    const sending: Sending = { from, to, n, state: 'unknown' };
    const text = `${pair}#${n}`;
    this.#sendings.set(text, sending);
    return { text, sending };
  }

  /** A session of a receiver begins: what it receives is to be pushed to `texts`. */
  listen(user: string): Listening {
    const listening: Listening = { user, texts: [], isOrderly: false };
    this.#listenings.push(listening);
    return listening;
  }

  count(state: Sending['state']): number {
    return [...this.#sendings.values()].filter((sending) => sending.state === state).length;
  }

  /** All that must not be; empty when all is well. */
  check(): string[] {
    return [
      ...this.#findLost(),
      ...this.#listenings.flatMap((listening) => this.#checkSession(listening)),
      ...this.#findRepeated(),
    ];
  }

  #findLost(): string[] {
    const arrived = new Set(this.#listenings.flatMap(({ texts }) => texts));
    const lost = [...this.#sendings].filter(([text, { state }]) => state === 'ok' && !arrived.has(text));
    return lost.map(([text]) => `lost: ${text}`);
  }

  /** Nothing that was not sent or was refused, and of each sender in order, each once. */
  #checkSession({ user, texts }: Listening): string[] {
    const wrong: string[] = [];
    const last = new Map<string, number>();
    for (const text of texts) {
      const sending = this.#sendings.get(text);
      if (sending === undefined || sending.to !== user) wrong.push(`phantom: ${text} at ${user}`);
      else if (sending.state === 'refused') wrong.push(`refused and arrived: ${text}`);
      else if (sending.n <= (last.get(sending.from) ?? 0)) wrong.push(`out of order or twice in a session: ${text}`);
      else last.set(sending.from, sending.n);
    }
    return wrong;
  }

  // IMS 2, "What is promised": a message can come twice after a connection that broke, and not after an orderly end.
  #findRepeated(): string[] {
    const settled = new Set<string>();
    const wrong: string[] = [];
    for (const { texts, isOrderly } of this.#listenings) {
      wrong.push(...texts.filter((text) => settled.has(text)).map((text) => `again after an orderly end: ${text}`));
      if (isOrderly) for (const text of texts) settled.add(text);
    }
    return wrong;
  }
}
