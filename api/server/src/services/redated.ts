/** What is open from before its order is in force, with its deadline by other service levels: the engine looks at what is in force alone. */
import type { Unit } from '../store/store.ts';
import { dueBefore, type StageBefore } from './before-in-force.ts';
import { UNFINISHED } from './exceptions.ts';
import { TO_SIGN } from './to-sign.ts';

/** Which stage of the service levels each kind of row is of. */
export const STAGE_OF: Readonly<Record<string, StageBefore>> = {
  [TO_SIGN]: 'decide',
  'none-in-network': 'decide',
  [UNFINISHED]: 'finish-writing',
};

/** Within the change of the service levels; as many as a worklist holds. */
export async function redate(unit: Unit): Promise<void> {
  for (const [kind, stage] of Object.entries(STAGE_OF))
    for (const { referralId } of await unit.obligations.list({ status: 'open', kind, limit: 10_000 }))
      for (const row of await unit.obligations.openOf(referralId)) {
        if (row.kind !== kind) continue;
        const dueAt = await dueBefore(unit, { referralId, stage, urgency: 'routine', from: row.raisedAt });
        const { owner, escalatedTo, content } = row;
        if (dueAt !== row.dueAt) await unit.obligations.settle(row.id, { what: 'revise', owner, dueAt, escalatedTo, content });
      }
}
