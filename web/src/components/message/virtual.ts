/**
 * The measuring and placing of virtua, without its Svelte component: that one can be any element with any attribute, which
 * brings in as much of Svelte again. virtua gives no types for its core; what is used of it is described here.
 */

import {
  ACTION_ITEMS_LENGTH_CHANGE,
  ACTION_START_OFFSET_CHANGE,
  createContainerDriver,
  createListLayout,
  createVirtualStore,
  UPDATE_VIRTUAL_STATE,
} from 'virtua/unstable_core';

/** Lengths in pixels, rows by their index. */
interface Layout {
  $findIndex(offset: number): number;
  /** Without a size: whether it was never measured. */
  $isSizeEqual(index: number, size?: number): boolean;
}

interface Store {
  $subscribe(updates: number, update: () => void): () => void;
  /** The first and the last row to draw, those `buffer` pixels out of sight too. */
  $getRange(buffer: number): [first: number, last: number];
  $getItemOffset(index: number): number;
  $getStartSpacerSize(): number;
  $getTotalSize(): number;
  $isScrolling(): boolean;
  $update(action: number, value: number, isShifted?: boolean): void;
  $dispose(): void;
}

interface Driver {
  /** Begins with the element around the rows; its parent is what scrolls. */
  $observe(container: HTMLElement): void;
  /** Measures a row from now on; the answer ends it. */
  $observeItem(row: HTMLElement, index: number): () => void;
  /** What was moved above is made up for by scrolling: to be called once a new state is drawn. */
  $effect(): void;
  $dispose(): void;
}

export class VirtualList {
  readonly #layout: Layout;
  readonly #store: Store;
  readonly #driver: Driver;

  /** `changed`: something is to be drawn elsewhere, or is not drawn yet. */
  constructor(length: number, changed: () => void) {
    this.#layout = createListLayout(length) as Layout;
    this.#store = createVirtualStore(this.#layout) as Store;
    this.#driver = createContainerDriver(this.#store, this.#layout, false) as Driver;
    this.#store.$subscribe(UPDATE_VIRTUAL_STATE, changed);
  }

  /** The height of all rows together. */
  get height(): number {
    return this.#store.$getTotalSize();
  }

  get isScrolling(): boolean {
    return this.#store.$isScrolling();
  }

  /** The first and the last row to draw. */
  range(buffer: number): readonly [first: number, last: number] {
    return this.#store.$getRange(buffer);
  }

  /** Where a row begins, from where the first one does. */
  offsetOf(index: number): number {
    return this.#store.$getItemOffset(index);
  }

  isMeasured(index: number): boolean {
    return !this.#layout.$isSizeEqual(index);
  }

  /** The row at this place in what scrolls. */
  indexAt(top: number): number {
    return this.#layout.$findIndex(top - this.#store.$getStartSpacerSize());
  }

  /** `isShifted`: rows came or went at the beginning, and what one sees stays where it is. */
  setLength(length: number, isShifted: boolean): void {
    this.#store.$update(ACTION_ITEMS_LENGTH_CHANGE, length, isShifted);
  }

  /** What stands above the first row in what scrolls. */
  setMargin(height: number): void {
    this.#store.$update(ACTION_START_OFFSET_CHANGE, height);
  }

  observe(container: HTMLElement): void {
    this.#driver.$observe(container);
  }

  observeRow(row: HTMLElement, index: number): () => void {
    return this.#driver.$observeItem(row, index);
  }

  /** What was asked for by `changed` is drawn. */
  settle(): void {
    this.#driver.$effect();
  }

  dispose(): void {
    this.#store.$dispose();
    this.#driver.$dispose();
  }
}
