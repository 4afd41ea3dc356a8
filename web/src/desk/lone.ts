/** A tab on its own: the client runs here, and nothing of it is kept. */

import { MemoryStorage } from '../../../protocol/client.ts';
import { Host } from '../host/host.ts';
import type { Arguments, CommandName } from '../host/commands.ts';
import type { Archive } from '../storage/archive.ts';
import type { Ask } from './asks.ts';
import type { Desk, Floor } from './desk.ts';

export class Lone implements Floor {
  readonly #desk: Desk;
  readonly #storage = new MemoryStorage();
  readonly #host: Host;

  constructor(desk: Desk) {
    this.#desk = desk;
    const storage = this.#storage;
    this.#host = new Host({
      user: desk.user,
      place: { storage, kept: storage.kept, isLasting: false },
      told: (scene, change) => {
        if (desk.scene) desk.change(scene, change);
      },
    });
  }

  /** Once the desk stands on it. */
  begin(): void {
    this.#desk.begin(this.#host.scene, true);
  }

  async archive(): Promise<Archive> {
    const { openMemoryArchive } = await import('../storage/archive.ts');
    return openMemoryArchive(this.#desk.user, this.#storage.kept);
  }

  put({ id, name, args }: Ask): boolean {
    void this.#host.ask(name, args as Arguments<CommandName>).then((answer) => {
      this.#desk.answer(id, answer);
      if (name === 'logOut') this.#desk.leave();
    });
    return true;
  }

  close(): void {
    this.#host.stop();
  }
}
