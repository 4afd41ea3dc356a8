/** The class that keeps a component's styles to itself: short, since it stands in every rule and on every element. */

import type { CompileOptions } from 'svelte/compiler';

/** Characters of the hash, its last: the first ones are nearly always the same. */
const LENGTH = 4;

/** Throws where two components would get the same one. */
export function scopedClass(): NonNullable<CompileOptions['cssHash']> {
  const owners = new Map<string, string>();
  return ({ hash, css, filename }) => {
    const name = `s${hash(css).slice(-LENGTH)}`;
    const owner = owners.get(name) ?? filename;
    if (owner !== filename) throw new Error(`${owner} and ${filename} get the same class: make LENGTH one more`);
    owners.set(name, filename);
    return name;
  };
}
