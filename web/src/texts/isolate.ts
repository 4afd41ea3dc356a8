/** Names in a text that runs from right to left. */

/** A name or a foreign text by itself: its dots and digits stay with it in a text that runs the other way. */
export function own(text: string): string {
  return `\u2068${text}\u2069`;
}
