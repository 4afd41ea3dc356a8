/** Brings parts of the page that are not needed to log in and to read, together with what they say. */

/** `load` imports the part. Rejects where it cannot be loaded; its texts may then be English. */
export async function bring<T>(load: () => Promise<T>): Promise<T> {
  const speaking = import('../texts/doing.svelte.ts').then(({ speakOfDoing }) => speakOfDoing());
  const [part] = await Promise.all([load(), speaking]);
  return part;
}
