/** What the hands bring up over the page: the quick switcher, or the sheet of keys. */

export type Sheet = 'switcher' | 'help';

class Sheets {
  /** The one that is open, or about to be. */
  shown = $state<Sheet>();

  toggle(sheet: Sheet): void {
    this.shown = this.shown === sheet ? undefined : sheet;
  }
}

export const sheets = new Sheets();
