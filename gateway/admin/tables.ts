/** Tables for people: aligned, as wide as the terminal at most, without colours. */

import Table from 'cli-table3';

const CHARS = {
  ...Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'].map((name) => [
      name,
      '',
    ]),
  ),
  ...Object.fromEntries(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'].map((name) => [name, ''])),
  middle: '  ',
};
const STYLE = { 'padding-left': 0, 'padding-right': 0, head: [], border: [] };
/** No column is narrowed below this. */
const LEAST_WIDTH = 8;

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Broken into lines where the table is too wide. */
  readonly wraps?: boolean;
}

/** Rows under their heads. */
export function drawTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const cells = rows.map((row) => row.map(toPrintable));
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    colWidths: fitWidths(columns, cells, width),
    wordWrap: true,
    wrapOnWordBoundary: false,
    chars: CHARS,
    style: STYLE,
  });
  table.push(...cells.map((row) => [...row]));
  return trimLines(table.toString());
}

/** Names and values side by side. */
export function drawFields(fields: readonly (readonly [string, string])[], width: number): string {
  const names = fields.map(([name]) => name.length);
  const room = Math.max(LEAST_WIDTH, width - 2 - Math.max(...names));
  const table = new Table({ colWidths: [null, room], wordWrap: true, chars: CHARS, style: STYLE });
  table.push(...fields.map(([name, value]) => [name, toPrintable(value)]));
  return trimLines(table.toString());
}

function fitWidths(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map(({ head }, index) => Math.max(head.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const total = () => widths.reduce((sum, each) => sum + each + 2, -2);
  while (total() > width) {
    const wrapping = widths.map((each, index) => (columns[index]!.wraps && each > LEAST_WIDTH ? each : 0));
    const widest = Math.max(...wrapping);
    if (widest === 0) break;
    widths[wrapping.indexOf(widest)] = widest - 1;
  }
  return widths;
}

/** Addresses come from clients and proxies: what they hold must not move the cursor. */
function toPrintable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

function trimLines(text: string): string {
  return text.replace(/[ \t]+$/gm, '');
}
