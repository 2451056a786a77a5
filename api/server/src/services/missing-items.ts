/**
 * What a packet has to hold and does not, asked of the clinician who ordered, by itself (R106): it stands on their own list from the moment the order is in
 * force, by the deadline of the sending, and is gone once the packet holds it, goes without it for a reason, or has gone. Made of what is open, so that
 * nothing of it can be left over, and of what is kept with it, so that no chart is read for a list.
 */
import type { MissingRow } from '../client/work.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Scope, Store } from '../store/store.ts';
import { StoreUnavailable } from '../store/unavailable.ts';
import type { ObligationContent } from './engine/obligation-content.ts';
import { keepLacking } from './lacking-kept.ts';
import { NUMBER_LABEL } from './packet-lacking.ts';

export type MissingAbout = {
  coveringFor: string | null;
  names: ReadonlyMap<string, string>;
  /** Whether the practice has a number to be called back at. */
  hasNumber: boolean;
};

/** Of rows from before it was kept: so many are judged with one look at a list, and a list waits for no more charts than that. */
export const MOST_JUDGED = 50;

export const isJudged = ({ content }: StoredObligation): boolean => (content as Partial<ObligationContent>).lacking !== undefined;

/**
 * Judges some of these referrals and keeps it, each in a transaction of its own: a list keeps nobody waiting who works on one of them. One that cannot be
 * judged stays as it is, and keeps none of the others, nor the list, from whoever asks.
 * @param failed told of the error, not of whose it is
 */
export async function judgeSome(
  { store, failed }: { store: Store; failed: (error: unknown) => void },
  scope: Scope,
  referralIds: readonly string[],
  now: Date,
): Promise<void> {
  let [judged, left] = [0, 0];
  for (const referralId of referralIds) {
    try {
      await store.transaction(scope, (unit) => keepLacking(unit, referralId, now.toISOString()));
      judged += 1;
    } catch (error) {
      // Of no one row: nothing else can be read either.
      if (error instanceof StoreUnavailable) throw error;
      failed(error);
      left += 1;
    }
    if (judged === MOST_JUDGED || left === MOST_JUDGED) return;
  }
}

/** @param stored what is open of the sending; of referrals without a chart on record there is no packet, and nothing is asked */
export function missingRow(stored: StoredObligation, { coveringFor, names, hasNumber }: MissingAbout): MissingRow[] {
  const content = stored.content as Partial<ObligationContent>;
  const { lacking } = content;
  if (!lacking) return [];
  const number = lacking.needsNumber && !hasNumber ? [{ label: NUMBER_LABEL, notVisible: false }] : [];
  const items = [...lacking.items, ...number];
  if (items.length === 0) return [];
  const { patientName = '', specialtyName = '', performerName = '' } = content;
  const { id, referralId, owner, dueAt } = stored;
  const sentBy = owner === null ? null : (names.get(owner) ?? owner);
  return [{ id, referralId, patientName, specialtyName, performerName, coveringFor, items, sentBy, dueAt }];
}
