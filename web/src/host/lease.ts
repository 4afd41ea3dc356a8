/** The right to be the one tab of a user that runs the client: a Web Lock, which the browser takes from a tab that dies. */

export interface Lease {
  /** Another tab took it, because this one did not answer. */
  readonly lost: Promise<void>;
  release(): void;
}

/** Absent where the page came over plain HTTP, or where the browser is old. */
export function hasLeases(): boolean {
  return 'locks' in navigator;
}

/** Waits for its turn; rejects when the signal ends the waiting. */
export function awaitLease(name: string, signal: AbortSignal): Promise<Lease> {
  return request(name, { signal });
}

/** Takes it from whoever has it; undefined where another tab is doing that in this moment. */
export async function stealLease(name: string): Promise<Lease | undefined> {
  const turn = await tryLease(`${name}/steal`);
  if (turn === undefined) return undefined;
  try {
    return await request(name, { steal: true });
  } finally {
    turn.release();
  }
}

function tryLease(name: string): Promise<Lease | undefined> {
  return request(name, { ifAvailable: true }).catch(() => undefined);
}

function request(name: string, options: LockOptions): Promise<Lease> {
  return new Promise((resolve, reject) => {
    let lose = (): void => {};
    const lost = new Promise<void>((done) => (lose = done));
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (lock === null) {
        reject(new Error('somebody else has it'));
        return undefined;
      }
      return new Promise((release) => resolve({ lost, release }));
    };
    // What was held is rejected when another one steals it.
    navigator.locks.request(name, options, hold).catch((error: unknown) => {
      reject(error instanceof Error ? error : new Error(String(error)));
      lose();
    });
  });
}
