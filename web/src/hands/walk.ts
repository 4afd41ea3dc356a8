/** From one conversation in the list to another. */

/**
 * The next one after `from`, or before it where `step` is -1, of those that are `wanted`; undefined where there is none.
 * Without `from` the list is entered from its beginning, or its end. `isRound`: after the end comes the beginning.
 */
export function findNext(
  keys: readonly string[],
  from: string | undefined,
  step: 1 | -1,
  wanted: (key: string) => boolean = () => true,
  isRound = false,
): string | undefined {
  const index = from === undefined ? -1 : keys.indexOf(from);
  const ordered = step === 1 ? keys : keys.toReversed();
  const start = index < 0 ? 0 : (step === 1 ? index : keys.length - 1 - index) + 1;
  const others = isRound ? [...ordered.slice(start), ...ordered.slice(0, start)] : ordered.slice(start);
  return others.find((key) => key !== from && wanted(key));
}
