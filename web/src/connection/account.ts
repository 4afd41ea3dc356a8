/** The user's own account over HTTP: what the gateway offers below `/api/account` to a device that has a token. */

/**
 * Why there is no answer. `offline`: the gateway cannot be reached, or what it sent broke off; `token`: this device is not
 * logged in any more; `password`: it is wrong; `busy`: too much at once, or too many wrong passwords; `gone`: there is no
 * such device; `failed`: the gateway could not do it now, and whether it did is not known.
 */
export type Problem = 'offline' | 'token' | 'password' | 'busy' | 'gone' | 'failed';

export type Answer<T> =
  { readonly value: T; readonly problem?: undefined } | { readonly problem: Problem; readonly value?: undefined };

/** Times in milliseconds since the epoch. */
export interface Device {
  readonly device: string;
  /** `Firefox on Linux`: what it calls itself. */
  readonly label: string;
  readonly madeAt: number;
  readonly usedAt: number;
  readonly isOwn: boolean;
  readonly isConnected: boolean;
}

export interface ExportedFile {
  /** `ims-alice.json` */
  readonly name: string;
  readonly content: Blob;
}

const PROBLEMS: Readonly<Record<number, Problem>> = { 401: 'token', 403: 'password', 404: 'gone', 429: 'busy' };

/** `readToken`: the token of this device, undefined where it has none. Passwords are given as {@link hashPassword} makes them. */
export class OwnAccount {
  readonly #readToken: () => Promise<string | undefined>;

  constructor(readToken: () => Promise<string | undefined>) {
    this.#readToken = readToken;
  }

  /** The last used first. */
  async listDevices(): Promise<Answer<readonly Device[]>> {
    const { value: response, problem } = await this.#ask('GET', '/devices');
    if (problem) return { problem };
    const body = await readBody<{ devices: readonly SentDevice[] }>(response);
    return body ? { value: body.devices.map(toDevice) } : { problem: 'offline' };
  }

  /** Ends the sessions of a device and makes its token void. One that is gone already is no problem. */
  async signOut(device: string): Promise<Answer<true>> {
    const { problem } = await this.#ask('DELETE', `/devices/${encodeURIComponent(device)}`);
    return problem && problem !== 'gone' ? { problem } : { value: true };
  }

  /** All sessions end and all tokens are void, also the own one: log in with the new password. */
  async changePassword(old: string, pass: string): Promise<Answer<true>> {
    const { problem } = await this.#ask('PUT', '/password', { body: { old, pass } });
    return problem ? { problem } : { value: true };
  }

  /** Removes the account for good. */
  async remove(pass: string): Promise<Answer<true>> {
    const { problem } = await this.#ask('DELETE', '', { body: { pass } });
    return problem ? { problem } : { value: true };
  }

  /** Everything that the gateway keeps of the user; `progress` is told how many bytes have come. Rejects when aborted. */
  async export(progress: (bytes: number) => void, signal: AbortSignal): Promise<Answer<ExportedFile>> {
    const { value: response, problem } = await this.#ask('GET', '/export', { signal });
    if (problem) return { problem };
    try {
      // The browser puts a large one on the disk.
      const content = await new Response(response.body!.pipeThrough(countBytes(progress))).blob();
      return { value: { name: readFileName(response), content: content.slice(0, content.size, 'application/json') } };
    } catch {
      signal.throwIfAborted();
      return { problem: 'offline' };
    }
  }

  async #ask(
    method: string,
    path: string,
    more: { body?: object; signal?: AbortSignal } = {},
  ): Promise<Answer<Response>> {
    const token = await this.#readToken();
    if (token === undefined) return { problem: 'token' };
    const { body, signal } = more;
    const headers = { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) };
    const response = await fetch(`/api/account${path}`, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      signal: signal ?? null,
    }).catch(() => undefined);
    signal?.throwIfAborted();
    if (response === undefined) return { problem: 'offline' };
    return response.ok ? { value: response } : { problem: PROBLEMS[response.status] ?? 'failed' };
  }
}

/** A device as the gateway writes it. */
interface SentDevice extends Omit<Device, 'madeAt' | 'usedAt'> {
  readonly madeAt: string;
  readonly usedAt: string;
}

function toDevice(sent: SentDevice): Device {
  return { ...sent, madeAt: Date.parse(sent.madeAt), usedAt: Date.parse(sent.usedAt) };
}

async function readBody<T>(response: Response): Promise<T | undefined> {
  return (await response.json().catch(() => undefined)) as T | undefined;
}

function readFileName(response: Response): string {
  return /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'ims.json';
}

function countBytes(
  progress: (bytes: number) => void,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      progress(bytes);
      controller.enqueue(chunk);
    },
  });
}
