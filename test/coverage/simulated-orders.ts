/** The simulated practice as the coverage runs use it: the same offices for every seed, everything else drawn anew. */
import type { History } from '@refloop/analytics/input-event';
import { officesOf, type Staffing } from '@refloop/server/practice/offices';
import type { PlantedTruths } from '@refloop/server/practice/planted-truths';
import { simulation } from '@refloop/server/practice/simulate';

export const UNTIL = new Date('2026-11-27T23:00:00.000Z');
export const AS_OF = '2026-11-28T00:00:00.000Z';
export const SCOPE = { tenant: 'north', issuer: 'https://ehr.example.org/fhir' };
const SITE = 'North clinic';

/** Where the offices lie is the practice, and no chance: otherwise each seed would have a truth of its own. */
const STAFFING: Staffing = Object.fromEntries(officesOf('coverage', {}, null).map(({ id, specialists }) => [id, specialists]));

/** @param planted null for a practice in which nothing is planted */
export function* simulatedOrders(seed: string, referrals: number, planted: PlantedTruths | null): Generator<History, void> {
  const { referrals: begun } = simulation({ seed, referrals, until: UNTIL, staffing: STAFFING, planted });
  for (const { referralId, patientId, events } of begun()) yield { ...SCOPE, site: SITE, referralId, patientId, events };
}
