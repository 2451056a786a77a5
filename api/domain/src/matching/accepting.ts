/** Whether a practitioner takes new patients of the patient's plan (R3), from directory rows that may differ or be silent. */
import type { Day } from '../instant.ts';
import type { DirectoryEntry, NetworkParticipation, Plan } from '../network/directory.ts';

/**
 * `yes`: some row says so and none denies it. `contradictory` and `unknown` are not refusals: a directory that is wrong
 * about half of its rows must not hide a specialist, so the entry stays eligible and the card says "call to confirm".
 */
export type Accepting = 'yes' | 'contradictory' | 'unknown' | 'existing-patients-only' | 'no';

/** The part of a directory entry this rests on. */
export type AcceptingFacts = Pick<DirectoryEntry, 'networks' | 'contradictions'>;

const covers = (row: NetworkParticipation, today: Day): boolean =>
  (row.from === undefined || row.from <= today) && (row.until === undefined || today <= row.until);

/**
 * Reads the rows of the plan's networks whose period covers the day; where there are none (out of network, no plan),
 * every row whose period does. Rows that only differ in how they refuse are a refusal. `existptfam` (existing patients
 * and their families) is not taking new patients: nothing in a request says that a relative is a patient there.
 */
export function acceptingOf(entry: AcceptingFacts, plan: Plan | undefined, today: Day): Accepting {
  const current = entry.networks.filter((row) => covers(row, today));
  const ofPlan = current.filter((row) => plan?.networkIds.includes(row.networkId));
  const rows = ofPlan.length > 0 ? ofPlan : current;
  const noted = entry.contradictions.some(
    ({ about, networkId }) => about === 'accepting' && (networkId === undefined || rows.some((row) => row.networkId === networkId)),
  );
  const stated = new Set(rows.map((row) => row.accepting).filter((value) => value !== 'unknown'));
  if (stated.size === 0) return noted ? 'contradictory' : 'unknown';
  if (stated.has('newpt')) return stated.size === 1 && !noted ? 'yes' : 'contradictory';
  return stated.has('existptonly') || stated.has('existptfam') ? 'existing-patients-only' : 'no';
}
