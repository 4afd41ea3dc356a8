/** Password hashes: argon2id over what LOGIN carries, a bounded number at once. */

import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';

/** Too many hashes are waiting for their turn. */
export class BusyError extends Error {
  constructor() {
    super('too many passwords are being checked; try again in a few seconds');
    this.name = 'BusyError';
  }
}

export interface Passwords {
  /** The argon2id hash in PHC format. Throws {@link BusyError}. */
  hash(pass: string): Promise<string>;
  /**
   * Whether the hash was made of this pass. Without a hash the work is the same and the answer false, so that the
   * time does not tell whether a name is known. Throws {@link BusyError}.
   */
  verify(pass: string, hash: string | undefined): Promise<boolean>;
}

export interface PasswordQueue extends Passwords {
  /** Hashes that wait for their turn. */
  readonly waiting: number;
}

export interface PasswordLimits {
  /** Hashes that run at once: about 30 ms of a core and 19 MiB each. */
  readonly concurrency: number;
  /** Hashes that may wait besides. */
  readonly queue: number;
}

/** OWASP's least for argon2id; also the cost of {@link NOBODY}. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Of no password: salt and digest are all zeros. */
const NOBODY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export function createPasswords({ concurrency, queue }: PasswordLimits): PasswordQueue {
  const limit = pLimit(concurrency);

  async function take<T>(work: () => Promise<T>): Promise<T> {
    if (limit.activeCount >= concurrency && limit.pendingCount >= queue) throw new BusyError();
    return limit(work);
  }

  return {
    get waiting() {
      return limit.pendingCount;
    },
    hash: (pass) => take(() => hash(pass, COST)),
    async verify(pass, known) {
      const isRight = await take(() => verify(known ?? NOBODY, pass));
      return isRight && known !== undefined;
    },
  };
}
