/**
 * The store as one process sees it: a transaction may be refused, rolled back, or kept without an answer, and the process may die in the
 * middle of one or right after it. Whatever is kept is looked at before it is.
 */
import type { Store, Unit } from '@refloop/server/store/store';
import { StoreUnavailable } from '@refloop/server/store/unavailable';
import type { TransactionFate } from './faults.ts';
import { type Life, never } from './life.ts';
import { type Noted, nothingNoted } from './unit-watch.ts';

export type MortalStoreDeps = {
  store: Store;
  life: Life;
  fate: () => TransactionFate;
  /** Looks at what the transaction has touched, before it is kept. */
  look: (unit: Unit, referralIds: ReadonlySet<string>) => Promise<void>;
  /** What the work is given, in the place of the unit. */
  watched: (unit: Unit, noted: Noted) => Unit;
  onDeath: () => void;
};

class Died extends Error {}

export function mortalStore({ store, life, fate, look, watched, onDeath }: MortalStoreDeps): Store {
  const die = <Value>(): Promise<Value> => {
    life.die();
    onDeath();
    return never<Value>();
  };

  const transaction: Store['transaction'] = async (scope, work) => {
    if (!life.lives()) return never();
    const kept = async () => {
      const noted = nothingNoted();
      const value = await store.transaction(scope, async (unit) => {
        const made = await work(watched(unit, noted));
        await look(unit, noted.touched);
        return made;
      });
      for (const tell of noted.told) tell();
      return value;
    };
    const undone = (error: Error) =>
      store.transaction(scope, async (unit) => {
        await work(watched(unit, nothingNoted()));
        throw error;
      });
    switch (fate()) {
      case 'kept':
        return life.while(kept());
      case 'refused':
        throw new StoreUnavailable('nothing', new Error('simulated'));
      case 'rolled-back':
        return life.while(undone(new StoreUnavailable('nothing', new Error('simulated'))));
      case 'answer-lost':
        await life.while(kept());
        throw new StoreUnavailable('unknown', new Error('simulated'));
      case 'dies-within':
        await undone(new Died()).catch(() => undefined);
        return die();
      case 'dies-after':
        await kept();
        return die();
    }
  };
  return { ...store, transaction };
}
