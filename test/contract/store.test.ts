/** The store's contract, kept by the store in memory and by the embedded one. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '../../gateway/store/embedded.ts';
import { createMemoryStore } from '../../gateway/store/memory.ts';
import { createManualClock } from '../helpers/manual-clock.ts';
import { storeContract } from './store.ts';

storeContract(
  'memory',
  async (limits) => {
    const clock = createManualClock();
    const store = createMemoryStore({ clock, limits });
    return { store, clock, close: () => store.close() };
  },
  { hasClock: true },
);

storeContract(
  'embedded',
  async (limits) => {
    const clock = createManualClock();
    const dataDir = await mkdtemp(join(tmpdir(), 'ims-contract-'));
    const store = await openEmbeddedStore({ dataDir, clock, limits });
    const close = async () => {
      await store.close();
      await rm(dataDir, { recursive: true });
    };
    return { store, clock, close };
  },
  { hasClock: true },
);
