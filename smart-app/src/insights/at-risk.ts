/** How many were still on the way by a day: what a time curve must say of itself where it gets thin. */
import type { CurvePoint } from '@refloop/server/client/insights';

/** @param points one curve, in order of the day; @returns how many were followed up to just before that day */
export const atRiskOn = (points: readonly CurvePoint[], day: number): number => points.find((point) => point.day >= day)?.atRisk ?? 0;
