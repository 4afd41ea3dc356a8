/** What an entry of the browser's history is, beyond its address: kept with it, so that it outlives a reload. */

export interface Mark {
  /** The entry before it is the list. */
  readonly list?: boolean;
  /** So many dialogs, one over the other, are open there. */
  readonly layers?: number;
}

export function markOfNow(): Mark {
  return (history.state as Mark | null) ?? {};
}
