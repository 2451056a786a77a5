/** A recommendation's row, beside its referral's events. */
import type { PatientSession } from '../sessions/session.ts';
import type { RecommendationChange, StoredRecommendation } from '../store/recommendations.ts';
import type { Unit } from '../store/store.ts';
import { AppendConflict } from './referral-log.ts';

/** As inserted; each save of the working copy counts it up. */
export const FIRST_REVISION = 1;

/** The recommendation if it is this session's patient's; another patient's is as good as absent. */
export async function ownRecommendation(unit: Unit, session: PatientSession, id: string): Promise<StoredRecommendation | undefined> {
  const stored = await unit.recommendations.get(id);
  return stored && stored.patientId === session.patientId ? stored : undefined;
}

/** Keeps the row in step with the events; a draft saved in between makes the whole transaction run again. */
export async function decided(unit: Unit, stored: StoredRecommendation, change: RecommendationChange): Promise<void> {
  const saved = await unit.recommendations.save(stored.id, stored.revision, change);
  if (saved.status !== 'saved') throw new AppendConflict(`Recommendation ${stored.id} moved on from revision ${stored.revision}`);
}
