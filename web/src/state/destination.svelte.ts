/** The message that someone wants to see in its conversation: noted by a search, and fetched by that conversation. */

export interface Target {
  /** The key of the other user. */
  readonly peer: string;
  /** Of its place in the log. */
  readonly number: number;
  /** The keyboard goes there too. */
  readonly isFocused: boolean;
}

class Destination {
  target = $state.raw<Target | undefined>();

  set(target: Target): void {
    this.target = target;
  }

  /** Where that conversation is to go now; nobody else gets it. */
  take(peer: string): Target | undefined {
    const { target } = this;
    if (target?.peer !== peer) return undefined;
    this.target = undefined;
    return target;
  }
}

export const destination = new Destination();
