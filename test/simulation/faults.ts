/** What goes wrong in one simulated world, and how often: drawn anew for each, so that some worlds have much of one thing and none of another. */
import type { Draws } from '@refloop/domain/practice/draws';

export type RequestFate = 'answered' | 'lost' | 'answer-lost' | 'late' | 'twice';
export type TransactionFate = 'kept' | 'refused' | 'rolled-back' | 'answer-lost' | 'dies-within' | 'dies-after';
export type WriteFate = 'answered' | 'answer-lost' | 'lost' | 'late' | 'unavailable' | 'broken';
export type GatewayFate = 'answered' | 'answer-lost' | 'lost' | 'refused' | 'broken';

export const FAULT_KINDS = ['network', 'database', 'deaths', 'ehr', 'gateway', 'windows', 'letters', 'clock', 'staff'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export type Faults = {
  request: () => RequestFate;
  transaction: (mayDie: boolean) => TransactionFate;
  ehrWrite: () => WriteFate;
  ehrRead: () => 'answered' | 'lost';
  gateway: () => GatewayFate;
  /**
   * Of a chance that belongs to this kind of fault; false once the faults have ended.
   * @param by draws of its own, so that no other fault is drawn otherwise
   */
  strikes: (kind: FaultKind, chance: number, by?: Draws) => boolean;
  /** Counted where something is done wrong from outside: an outage, a jump of the clock. */
  count: (kind: FaultKind) => void;
  /** From then on everything works, so that one can see whether everything comes to its end. */
  end: () => void;
  total: () => number;
  byKind: ReadonlyMap<FaultKind, number>;
};

/** None, few, as many as one would see in a bad week, and more than anybody ever saw. */
const LEVELS = [0, 0.3, 1, 3] as const;

/** @param hard as much of everything as there is anywhere */
export function createFaults(draws: Draws, hard: boolean): Faults {
  const level = new Map(FAULT_KINDS.map((kind) => [kind, hard ? Math.max(...LEVELS) : draws.pick(LEVELS)] as const));
  const byKind = new Map<FaultKind, number>();
  let over = false;
  const count = (kind: FaultKind): void => void byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  const strikes: Faults['strikes'] = (kind, chance, by = draws) => {
    const struck = by.next() < chance * (level.get(kind) ?? 0) && !over;
    if (struck) count(kind);
    return struck;
  };
  const fate = <Fate>(kind: FaultKind, chance: number, fates: readonly (readonly [Fate, number])[], otherwise: Fate): Fate =>
    strikes(kind, chance) ? draws.weighted(fates) : otherwise;
  return {
    request: () =>
      fate<RequestFate>(
        'network',
        0.04,
        [
          ['lost', 2],
          ['answer-lost', 3],
          ['late', 3],
          ['twice', 3],
        ],
        'answered',
      ),
    transaction: (mayDie) => {
      const struck = fate<TransactionFate>(
        'database',
        0.008,
        [
          ['refused', 1],
          ['rolled-back', 2],
          ['answer-lost', 2],
        ],
        'kept',
      );
      if (struck !== 'kept' || !mayDie) return struck;
      return fate<TransactionFate>(
        'deaths',
        0.008,
        [
          ['dies-within', 1],
          ['dies-after', 2],
        ],
        'kept',
      );
    },
    ehrWrite: () =>
      fate<WriteFate>(
        'ehr',
        0.15,
        [
          ['answer-lost', 3],
          ['lost', 2],
          ['late', 6],
          ['unavailable', 1],
          ['broken', 1],
        ],
        'answered',
      ),
    ehrRead: () => fate<'answered' | 'lost'>('ehr', 0.03, [['lost', 1]], 'answered'),
    gateway: () =>
      fate<GatewayFate>(
        'gateway',
        0.1,
        [
          ['answer-lost', 3],
          ['lost', 2],
          ['refused', 2],
          ['broken', 1],
        ],
        'answered',
      ),
    strikes,
    count,
    end: () => {
      over = true;
    },
    total: () => [...byKind.values()].reduce((sum, each) => sum + each, 0),
    byKind,
  };
}
