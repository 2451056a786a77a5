/**
 * The store as one process sees it: a transaction may be refused, rolled back, or kept without an answer, and the process may die in the
 * middle of one or right after it. Whatever is kept is looked at before it is.
 */
import type { Scope, Store, Unit } from '@refloop/server/store/store';
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

type Work<Value> = (unit: Unit) => Promise<Value>;

class Died extends Error {}

export function mortalStore({ store, life, fate, look, watched, onDeath }: MortalStoreDeps): Store {
  const die = <Value>(): Promise<Value> => {
    life.die();
    onDeath();
    return never<Value>();
  };

  const kept = async <Value>(scope: Scope, work: Work<Value>): Promise<Value> => {
    const noted = nothingNoted();
    const value = await store.transaction(scope, async (unit) => {
      const made = await work(watched(unit, noted));
      await look(unit, noted.touched);
      return made;
    });
    for (const tell of noted.told) tell();
    return value;
  };
  const undone = <Value>(scope: Scope, work: Work<Value>, error: Error): Promise<Value> =>
    store.transaction(scope, async (unit) => {
      await work(watched(unit, nothingNoted()));
      throw error;
    });

  const transaction: Store['transaction'] = async (scope, work) => {
    if (!life.lives()) return never();
    switch (fate()) {
      case 'kept':
        return life.while(kept(scope, work));
      case 'refused':
        throw new StoreUnavailable('nothing', new Error('simulated'));
      case 'rolled-back':
        return life.while(undone(scope, work, new StoreUnavailable('nothing', new Error('simulated'))));
      case 'answer-lost':
        await life.while(kept(scope, work));
        throw new StoreUnavailable('unknown', new Error('simulated'));
      case 'dies-within':
        await undone(scope, work, new Died()).catch(() => undefined);
        return die();
      case 'dies-after':
        await kept(scope, work);
        return die();
    }
  };
  return { ...store, transaction };
}
