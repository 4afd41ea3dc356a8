/** How the codec's tests feed a reader, and compare what it read. */

import type { ErrorCode } from '../../protocol/documents.ts';
import { DocumentReader } from '../../protocol/reader.ts';
import type { Random } from '../helpers/random.ts';
import { describe } from './describe.ts';

/** All that a stream brought. */
export interface Reading {
  sources: string[];
  /** As {@link describe} gives them. */
  elements: string[];
  code?: ErrorCode;
}

/** Reads pieces one after the other with one reader. */
export function readPieces(pieces: Iterable<Uint8Array | string>, reader = new DocumentReader()): Reading {
  const reading: Reading = { sources: [], elements: [] };
  for (const piece of pieces) {
    const { documents, error } = reader.read(piece);
    reading.sources.push(...documents.map(({ source }) => source));
    reading.elements.push(...documents.map(({ element }) => describe(element)));
    if (error) reading.code = error.code;
  }
  return reading;
}

/** The bytes of a text; `isBytes`: U+0000 to U+00FF are the bytes themselves. */
export function toBytes(text: string, isBytes = false): Uint8Array {
  return Buffer.from(text, isBytes ? 'latin1' : 'utf8');
}

/** Pieces of one item each. */
export function cutToSingles<T extends Uint8Array | string>(data: T): T[] {
  return Array.from({ length: data.length }, (_, at) => data.slice(at, at + 1) as T);
}

/** Pieces of random lengths; most are short, some empty. */
export function cutAtRandom<T extends Uint8Array | string>(data: T, random: Random): T[] {
  const pieces: T[] = [];
  for (let at = 0; at < data.length;) {
    const length = random.chance(0.1) ? random.int(data.length) : random.int(8);
    pieces.push(data.slice(at, at + length) as T);
    at += length;
  }
  return pieces;
}

/** A document without the attributes that it does not have, also in what it holds: as deepEqual needs it. */
export function withoutUndefined(document: object | undefined): unknown {
  return document && JSON.parse(JSON.stringify(document));
}
