/** What the tests read of the page's sources: its catalogues, and the texts that stand in its components. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'svelte/compiler';
import ts from 'typescript';

const SOURCES = 'web/src';
const TEXTS = join(SOURCES, 'texts');
const LETTERS = /\p{L}{2}/u;
/** A sentence, or a word with a capital: no key, class or event is written so. */
const PROSE = /^\p{Lu}\p{Ll}|\p{L}+ \p{L}+/u;
/** What of an element people see or hear; the others are the components' own. */
const SPOKEN = /^(aria-(label|description|roledescription|valuetext)|alt|title|placeholder|label|hint|text|action)$/;

/** A catalogue as it comes: sections of texts, and of functions that make one. */
export type Catalogue = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * The page's modules on texts by their path: `formats`, `en`, `account/de` …; they are written for Vite, not for Node.
 * Those with runes are left out.
 */
export async function importTexts(): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-texts-'));
  try {
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const files = await readdir(TEXTS, { recursive: true });
    const paths = files.filter((file) => /^[^.]+\.ts$/.test(file)).map((file) => file.slice(0, -'.ts'.length));
    for (const path of paths) await compile(join(TEXTS, `${path}.ts`), join(folder, `${path}.js`));
    const load = async (path: string) => import(pathToFileURL(join(folder, `${path}.js`)).href) as Promise<object>;
    const modules = await Promise.all(paths.map(async (path) => [path, { ...(await load(path)) }] as const));
    return new Map(modules);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compile(source: string, target: string): Promise<void> {
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    rewriteRelativeImportExtensions: true,
  };
  const { outputText } = ts.transpileModule(await readFile(source, 'utf8'), { compilerOptions });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, outputText);
}

/** All texts of a catalogue by their path; a function's is what it makes of `samples`. */
export function listTexts(catalogue: Catalogue, ...samples: readonly unknown[]): Map<string, string> {
  const texts = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (typeof value === 'function') texts.set(path, String((value as (...of: unknown[]) => unknown)(...samples)));
    else if (typeof value === 'string') texts.set(path, value);
    else for (const [key, inner] of Object.entries(value as object)) add(path === '' ? key : `${path}.${key}`, inner);
  };
  add('', catalogue);
  return texts;
}

/** Texts that stand in a component's markup and not in the catalogue, each with its file. */
export async function findStrayTexts(): Promise<string[]> {
  const files = (await readdir(SOURCES, { recursive: true })).filter((file) => file.endsWith('.svelte'));
  const found = await Promise.all(
    files.map(async (file) => {
      const { fragment } = parse(await readFile(join(SOURCES, file), 'utf8'), { modern: true });
      return strayTexts(fragment).map((text) => `${file}: ${text}`);
    }),
  );
  return found.flat();
}

interface Node {
  readonly type: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly data?: string;
}

function strayTexts(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(strayTexts);
  if (typeof node !== 'object' || node === null) return [];
  const { type, name, value, data } = node as Node;
  if (type === 'Attribute' && !SPOKEN.test(name ?? '')) return expressionsOf(value).flatMap(strayTexts);
  if (type === 'Text') return LETTERS.test(data ?? '') ? [data!.trim()] : [];
  if (type === 'Literal') return typeof value === 'string' && PROSE.test(value) ? [value] : [];
  if (type === 'TemplateElement')
    return PROSE.test((value as { cooked: string }).cooked) ? [JSON.stringify(value)] : [];
  if (type === 'Comment') return [];
  return Object.entries(node)
    .filter(([key]) => key !== 'metadata' && key !== 'leadingComments' && key !== 'trailingComments')
    .flatMap(([, inner]) => strayTexts(inner));
}

/** What is computed in an attribute's value; its plain text is not for people. */
function expressionsOf(value: unknown): unknown[] {
  const parts = Array.isArray(value) ? value : [value];
  return parts.filter((part: Node | true) => part !== true && part.type === 'ExpressionTag');
}
