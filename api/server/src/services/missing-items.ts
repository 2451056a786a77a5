/**
 * What a packet has to hold and does not, asked of the clinician who ordered, by itself (R106): it stands on their own list from the moment the order is in
 * force, by the deadline of the sending, and is gone once the packet holds it, goes without it for a reason, or has gone. Made of what is open, so that
 * nothing of it can be left over, and of what is kept with it, so that no chart is read for a list.
 */
import type { MissingRow } from '../client/work.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Unit } from '../store/store.ts';
import type { ObligationContent } from './engine/obligation-content.ts';
import { type Lacking, lackingOf, NUMBER_LABEL } from './packet-lacking.ts';
import { readReferral } from './referral-log.ts';

export type MissingAbout = {
  coveringFor: string | null;
  names: ReadonlyMap<string, string>;
  /** Whether the practice has a number to be called back at. */
  hasNumber: boolean;
  now: Date;
};

/** Of a row from before it was kept; the next look at the referral keeps it. */
async function judged(unit: Unit, { referralId }: StoredObligation, now: Date): Promise<Lacking | undefined> {
  const referral = await readReferral(unit, referralId);
  return referral && lackingOf(unit, referral, now.toISOString());
}

/** @param stored what is open of the sending; of referrals without a chart on record there is no packet, and nothing is asked */
export async function missingRow(
  unit: Unit,
  stored: StoredObligation,
  { coveringFor, names, hasNumber, now }: MissingAbout,
): Promise<MissingRow[]> {
  const content = stored.content as Partial<ObligationContent>;
  const lacking = content.lacking === undefined ? await judged(unit, stored, now) : content.lacking;
  if (!lacking) return [];
  const number = lacking.needsNumber && !hasNumber ? [{ label: NUMBER_LABEL, notVisible: false }] : [];
  const items = [...lacking.items, ...number];
  if (items.length === 0) return [];
  const { patientName = '', specialtyName = '', performerName = '' } = content;
  const { id, referralId, owner, dueAt } = stored;
  const sentBy = owner === null ? null : (names.get(owner) ?? owner);
  return [{ id, referralId, patientName, specialtyName, performerName, coveringFor, items, sentBy, dueAt }];
}
