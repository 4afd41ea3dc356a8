/** What the server makes up: in a play a name in braces, known from where it was first received. */

/** `{a}`; in a play `{x*20}` and `\u{e9}` are something else. */
const NAME = /(?<!\\u)\{([a-z]\w*)\}/g;
/** What stands for something else in an expected document. */
const OPEN = /"\*"|\{([a-z]\w*)\}/g;

/** The values that a play has named so far. */
export class Values {
  readonly #known = new Map<string, string>();

  /** The text with the values that are known in the place of their names. */
  fill(text: string): string {
    return text.replace(NAME, (whole, name: string) => this.#known.get(name) ?? whole);
  }

  /** The same; throws where a value is not known. */
  fillAll(text: string): string {
    const filled = this.fill(text);
    const open = findNames(filled)[0];
    if (open !== undefined) throw new Error(`{${open}} was not received before`);
    return filled;
  }

  /** Remembers what stood in the place of the names in `document` when `text` came for it. */
  learn(document: string, text: string): void {
    const groups = toPattern(document).exec(text)?.groups ?? {};
    for (const [name, value] of Object.entries(groups)) this.#known.set(name, value);
  }
}

/** The names in a document of a play. */
export function findNames(document: string): string[] {
  return [...document.matchAll(NAME)].map(([, name]) => name!);
}

/**
 * Matches a document at the start of a text: `"*"` stands for any value, and a name in braces for a value or a part of
 * one, the same wherever it stands again.
 */
export function toPattern(document: string): RegExp {
  const seen = new Set<string>();
  let source = '^';
  let end = 0;
  for (const match of document.matchAll(OPEN)) {
    source += escape(document.slice(end, match.index));
    const name = match[1];
    if (name === undefined) source += '"[^"]*"';
    else source += seen.has(name) ? `\\k<${name}>` : `(?<${name}>[^"]*)`;
    if (name !== undefined) seen.add(name);
    end = match.index + match[0].length;
  }
  return new RegExp(source + escape(document.slice(end)));
}

/** What comes before the first place where anything may stand. */
export function headOf(document: string): string {
  return document.split(/"\*"|\{[a-z]\w*\}/, 1)[0]!;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
