/** Who a client is: the user, the device, and what lets it in. */

import type { Keeper } from './keeper.ts';
import { VERSION } from '../documents.ts';
import type { ClientDocumentOf } from '../documents.ts';

const ACCOUNT = 'account';
const FORMAT = 1;
const DEVICE_LENGTH = 22;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

interface KeptAccount {
  readonly format: number;
  readonly user: string;
  readonly device: string;
  readonly token?: string | undefined;
}

export class Account {
  readonly user: string;
  readonly device: string;
  /** A status that the gateway has not confirmed: the next LOGIN brings it. */
  status: number | undefined;
  #broughtStatus: number | undefined;
  #token: string | undefined;
  /** Forgotten as soon as there is a token. */
  #pass: string | undefined;
  readonly #keeper: Keeper;

  constructor(user: string, device: string, keeper: Keeper, token?: string) {
    this.user = user;
    this.device = device;
    this.#keeper = keeper;
    this.#token = token;
  }

  /** What lets this device in. */
  get token(): string | undefined {
    return this.#token;
  }

  get hasCredentials(): boolean {
    return this.#pass !== undefined || this.#token !== undefined;
  }

  /** The MD5 of the password in hex. */
  usePassword(pass: string): void {
    this.#pass = pass;
    this.#keep();
  }

  /** LOGIN had result 1. */
  entered(token: string | undefined): void {
    if (this.status === this.#broughtStatus) this.status = undefined;
    if (token === undefined) return;
    this.#token = token;
    this.#pass = undefined;
    this.#keep();
  }

  /** They were wrong, or are void. */
  dropCredentials(): void {
    this.#pass = undefined;
    this.#token = undefined;
    this.#keep();
  }

  /** LOGIN without what is held of the log. */
  login(): ClientDocumentOf<'LOGIN'> {
    const { user, device, status } = this;
    this.#broughtStatus = status;
    const secret = this.#pass === undefined ? { token: this.#token } : { pass: this.#pass };
    return { name: 'LOGIN', user, ...secret, version: VERSION, device, status: status?.toString() };
  }

  #keep(): void {
    const { user, device } = this;
    const kept: KeptAccount = { format: FORMAT, user, device, token: this.#token };
    this.#keeper.put(ACCOUNT, kept);
  }
}

/** The account that a storage has; undefined where it has none. */
export function restoreAccount(keeper: Keeper, kept: ReadonlyMap<string, unknown>): Account | undefined {
  const account = kept.get(ACCOUNT) as KeptAccount | undefined;
  return account && new Account(account.user, account.device, keeper, account.token);
}

/** An id for a device: nobody else makes up the same. */
export function makeDevice(random: () => number): string {
  return Array.from({ length: DEVICE_LENGTH }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('');
}
