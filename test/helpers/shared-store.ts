/** One store of this process for several gateways: LMDB takes no second one, and what is in memory has no other way in. */

import type { Push, Store, UserKey } from '../../gateway/store/store.ts';

type Listener = (push: Push) => void;

/** Gives each caller the store as if it were its own: with its own listeners. Closing it is left to the store's owner. */
export function shareStore(store: Store): () => Store {
  const listeners = new Map<UserKey, Set<Listener>>();

  async function add(user: UserKey, listener: Listener): Promise<void> {
    const all = listeners.get(user) ?? new Set();
    listeners.set(user, all.add(listener));
    await store.subscribe(user, (push) => [...all].forEach((each) => each(push)));
  }

  async function remove(user: UserKey, listener: Listener): Promise<void> {
    const all = listeners.get(user);
    all?.delete(listener);
    if (all?.size !== 0) return;
    listeners.delete(user);
    await store.unsubscribe(user);
  }

  return () => {
    const own = new Map<UserKey, Listener>();
    const mine: Pick<Store, 'subscribe' | 'unsubscribe' | 'close'> = {
      async subscribe(user, listener) {
        await mine.unsubscribe(user);
        own.set(user, listener);
        await add(user, listener);
      },
      async unsubscribe(user) {
        const listener = own.get(user);
        own.delete(user);
        if (listener !== undefined) await remove(user, listener);
      },
      close: async () => undefined,
    };
    return new Proxy(store, {
      get(target, name) {
        if (name in mine) return mine[name as keyof typeof mine];
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };
}
