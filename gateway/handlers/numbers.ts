/** Numbers in attributes. */

/** A whole number from 0 on, in decimal without leading zeros, below 10^14; undefined for anything else. */
export function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^(?:0|[1-9]\d{0,13})$/.test(text) ? Number(text) : undefined;
}
