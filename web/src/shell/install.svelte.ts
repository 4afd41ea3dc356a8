/** The browser's offer to install the page as an app: kept until the user asks for it. */

/** As Chromium's browsers have it; others install from their own menus. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

class Installation {
  #event = $state.raw<InstallEvent | undefined>();

  /** The browser would install it, and has not yet. */
  get isOffered(): boolean {
    return this.#event !== undefined;
  }

  /** Listens; as early as can be, since the browser tells it once. */
  watch(): void {
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.#event = event as InstallEvent;
    });
    addEventListener('appinstalled', () => (this.#event = undefined));
  }

  /** Shows the browser's own question; only from a click. */
  async ask(): Promise<void> {
    const event = this.#event;
    // It can be asked once.
    this.#event = undefined;
    await event?.prompt();
  }
}

export const installation = new Installation();
