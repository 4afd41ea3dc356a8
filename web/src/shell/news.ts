/** What is new between two counts of what is unread. */

export interface News {
  /** Keys with more that is unread than before. */
  readonly risen: readonly string[];
  /** Keys that had something, and have nothing any more. */
  readonly read: readonly string[];
}

/** Counts of unread messages by key. */
export function findNews(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): News {
  const risen = [...now].filter(([key, count]) => count > (before.get(key) ?? 0));
  const read = [...before].filter(([key, count]) => count > 0 && (now.get(key) ?? 0) === 0);
  return { risen: risen.map(([key]) => key), read: read.map(([key]) => key) };
}
