/** The list of people by keyboard: one of its rows is a stop for Tab, and arrows lead to the others. */

import { listRows, rowOf } from './places.ts';

/** Whether the key led to another row. */
export function walkRows({ key, target }: KeyboardEvent): boolean {
  const row = rowOf(target);
  if (row === undefined || row !== target) return false;
  const rows = listRows();
  const index = rows.indexOf(row);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(index + 1, rows.length - 1),
    ArrowUp: Math.max(index - 1, 0),
    Home: 0,
    End: rows.length - 1,
  };
  const next = targets[key];
  if (next === undefined) return false;
  rows[next]?.focus();
  return true;
}

/** Tab stops where the focus is or was, else at the open conversation, else at the first row. */
export function markStop(last: Element | undefined): void {
  const rows = listRows();
  const kept = rows.find((row) => row === last) ?? rows.find((row) => row.hasAttribute('aria-current')) ?? rows[0];
  for (const row of rows) row.tabIndex = row === kept ? 0 : -1;
}
