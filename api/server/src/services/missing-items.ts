/**
 * What a packet has to hold and does not, asked of the clinician who ordered, by itself (R106): it stands on their own list from the moment the order is in
 * force, by the deadline of the sending, and is gone once the packet holds it, goes without it for a reason, or has gone. Made of what is open, so that
 * nothing of it can be left over.
 */
import type { MissingRow } from '../client/work.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Unit } from '../store/store.ts';
import type { ObligationContent } from './engine/obligation-content.ts';
import { type AssemblyDeps, assemblePacket } from './packet-assembly.ts';
import { readReferral } from './referral-log.ts';

/** The step in which a packet is put together and sent. */
export const SEND = 'send';

/** @param stored what is open of the sending; of referrals without a chart on record there is no packet, and nothing is asked */
export async function missingRow(
  unit: Unit,
  stored: StoredObligation,
  { coveringFor, names }: { coveringFor: string | null; names: ReadonlyMap<string, string> },
  assembly: AssemblyDeps,
  now: Date,
): Promise<MissingRow[]> {
  const referral = await readReferral(unit, stored.referralId);
  // A list asks no EHR for consents: what goes by one may be asked for here although it is in.
  const assembled = referral && (await assemblePacket(unit, referral, assembly, now, []));
  const hold = assembled?.holds.find(({ kind }) => kind === 'incomplete');
  if (!referral || !assembled || hold?.kind !== 'incomplete') return [];
  const { patientName = '', specialtyName = '' } = stored.content as Partial<ObligationContent>;
  const { owner } = stored;
  return [
    {
      id: stored.id,
      referralId: referral.id,
      patientName,
      specialtyName,
      performerName: assembled.attempt.performer.display,
      coveringFor,
      items: hold.missing.map(({ label, standing }) => ({ label, notVisible: standing === 'not-visible' })),
      sentBy: owner === null ? null : (names.get(owner) ?? owner),
      dueAt: stored.dueAt,
    },
  ];
}
