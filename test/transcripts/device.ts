/** What a device of IMS 2 holds between its connections, gathered from what it receives. */

export class Device {
  /** As LOGIN's `device`: `phone` of `alice@phone`. */
  readonly id: string;
  #token: string | undefined;
  #epoch: string | undefined;
  #place: string | undefined;
  #marks: string | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** Takes note of a document that came. */
  hear(document: string): void {
    const tag = /^<(\w+)([^>]*)>/.exec(document);
    const attributes = new Map(
      [...(tag?.[2] ?? '').matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    const get = (name: string): string | undefined => attributes.get(name);
    if (tag?.[1] === 'LOGIN' && get('result') === '1') this.#begin(get);
    else if (tag?.[1] === 'MARK') this.#marks = get('v') ?? this.#marks;
    else if (get('at') !== undefined && (get('result') === undefined || this.#isNext(get('at')!)))
      this.#place = get('at');
  }

  /** The attributes of a LOGIN that goes on where this one is, in their order. */
  get login(): string {
    const { id } = this;
    const held = { epoch: this.#epoch, after: this.#place, marks: this.#marks };
    const all = { token: this.#token, version: '2', device: id, label: id, ...held };
    return Object.entries(all)
      .flatMap(([name, value]) => (value === undefined ? [] : `${name}="${value}"`))
      .join(' ');
  }

  /** The place up to which the log is held; undefined for nothing. */
  get place(): string | undefined {
    return this.#place;
  }

  #begin(get: (name: string) => string | undefined): void {
    this.#token = get('token') ?? this.#token;
    this.#epoch = get('epoch');
    this.#place = get('after');
    this.#marks = get('marks') ?? this.#marks;
  }

  /** An answer stands for an entry of the log; it is the next one unless others come first. */
  #isNext(place: string): boolean {
    return Number.parseInt(place) === Number.parseInt(this.#place ?? '0') + 1;
  }
}
