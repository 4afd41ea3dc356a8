/** Which of Redis Cluster's 16,384 slots a key is in. */

export const SLOTS = 16_384;

/** The slot of a key: of what stands between its first `{` and the next `}`, or of all of it. */
export function slotOf(key: string): number {
  const [, tag] = /^[^{]*\{([^}]+)\}/.exec(key) ?? [];
  return crc16(tag ?? key) % SLOTS;
}

/** CRC16/XMODEM: polynomial 0x1021, beginning with 0. */
function crc16(text: string): number {
  let crc = 0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}

/** The slots of each of so many masters, in equal shares: first and last, both included. */
export function shareSlots(masters: number): readonly (readonly [number, number])[] {
  const border = (index: number): number => Math.floor((index * SLOTS) / masters);
  return Array.from({ length: masters }, (_, index) => [border(index), border(index + 1) - 1] as const);
}
