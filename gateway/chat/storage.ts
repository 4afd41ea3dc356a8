/** Keeps what a client keeps in a file: a line for each step, so that a step is there as a whole or not at all. */

import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Change, Storage } from '../../protocol/client/ports.ts';

const FORMAT = 'ims-client 1';
/** Milliseconds until a write that failed is tried again. */
const RETRY = 1_000;

export class FileStorage implements Storage {
  /** What was kept when it was opened, for `new Client(ports, { kept })`. */
  readonly kept: ReadonlyMap<string, unknown>;
  readonly #path: string;
  readonly #file: FileHandle;
  /** Where the last whole line ends: a write that failed is written over. */
  #end: number;
  #isFailing = false;
  #work: Promise<void> = Promise.resolve();
  readonly #failed: (error: Error) => void;

  private constructor(
    path: string,
    file: FileHandle,
    end: number,
    kept: ReadonlyMap<string, unknown>,
    failed: (error: Error) => void,
  ) {
    this.#path = path;
    this.#file = file;
    this.#end = end;
    this.kept = kept;
    this.#failed = failed;
  }

  /**
   * Opens the file, or makes it and its folder, for this user of the machine alone. One program at a time may have it.
   * Throws for a file that is something else. `failed`: a write did not succeed, and is tried again each second.
   */
  static async open(path: string, failed: (error: Error) => void = () => {}): Promise<FileStorage> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const kept = await readKept(path);
    const { file, end } = await writeAnew(path, kept);
    return new FileStorage(path, file, end, kept, failed);
  }

  save(changes: readonly Change[], saved: () => void): void {
    const line = toLine(changes.map(({ key, value }) => [key, value]));
    this.#work = this.#work.then(() => this.#append(line)).then(saved);
  }

  /** Closes it when all that was to be saved is; what that leads to is not waited for. */
  async close(): Promise<void> {
    await this.#work;
    await this.#file.close();
  }

  /** Closes it and removes the file. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.#path, { force: true });
  }

  async #append(line: Buffer): Promise<void> {
    for (;;) {
      try {
        await writeAll(this.#file, line, this.#end);
        await this.#file.datasync();
        this.#end += line.length;
        this.#isFailing = false;
        return;
      } catch (error) {
        if (!this.#isFailing) this.#failed(error as Error);
        this.#isFailing = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
  }
}

/** JSON has no undefined: a removed key stands alone. */
function toLine(changes: readonly (readonly [string, unknown])[]): Buffer {
  return Buffer.from(
    `${JSON.stringify(changes.map(([key, value]) => (value === undefined ? [key] : [key, value])))}\n`,
  );
}

async function readKept(path: string): Promise<Map<string, unknown>> {
  const kept = new Map<string, unknown>();
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // The last piece is empty, or a line that was not finished.
  const [format, ...lines] = text.split('\n').slice(0, -1);
  if (format !== undefined && format !== FORMAT) throw new Error(`${path} is not a file of this program`);
  for (const line of lines) {
    const changes = parseLine(line);
    if (!changes) break;
    for (const [key, value] of changes) {
      if (value === undefined) kept.delete(key);
      else kept.set(key, value);
    }
  }
  return kept;
}

/** Undefined where the machine stopped before the line was on the disk. */
function parseLine(line: string): [string, unknown?][] | undefined {
  try {
    return JSON.parse(line) as [string, unknown?][];
  } catch {
    return undefined;
  }
}

/** A file with nothing but what counts now, in the place of the one before; that one stays until it is whole. */
async function writeAnew(
  path: string,
  kept: ReadonlyMap<string, unknown>,
): Promise<{ readonly file: FileHandle; readonly end: number }> {
  const lines = kept.size > 0 ? [toLine([...kept])] : [];
  const content = Buffer.concat([Buffer.from(`${FORMAT}\n`), ...lines]);
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await writeAll(file, content, 0);
    await file.sync();
    await rename(temporary, path);
    return { file, end: content.length };
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeAll(file: FileHandle, data: Buffer, position: number): Promise<void> {
  for (let done = 0; done < data.length;) {
    const { bytesWritten } = await file.write(data, done, data.length - done, position + done);
    done += bytesWritten;
  }
}
