/** Times and counts in words. */

const STEPS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** `2030-01-31 14:03 (3 d ago)`, local time. */
export function sayTime(iso: string, now: number): string {
  const { day, minute, ago } = splitTime(iso, now);
  return `${day} ${minute} (${ago})`;
}

/** `14:03 (5 h ago)` within a day, `2030-01-31 (3 d ago)` later: for lists, where room is short. */
export function sayShortTime(iso: string, now: number): string {
  const { day, minute, ago } = splitTime(iso, now);
  return `${now - Date.parse(iso) < 86_400_000 ? minute : day} (${ago})`;
}

function splitTime(iso: string, now: number): { day: string; minute: string; ago: string } {
  const time = new Date(iso);
  const pad = (number: number) => String(number).padStart(2, '0');
  const day = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
  const minute = `${pad(time.getHours())}:${pad(time.getMinutes())}`;
  return { day, minute, ago: sayAgo(now - time.getTime()) };
}

/** `1 user`, `2 users`. */
export function sayCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** In the largest unit that fits. */
function sayAgo(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'now';
  const [size, unit] = STEPS.find(([step]) => seconds >= step)!;
  return `${Math.floor(seconds / size)} ${unit} ago`;
}
