/**
 * What a packet has to hold and does not, kept with the obligation to send it, or to hear from the payer first: put together when that is raised, when somebody prepares the packet, and once
 * a day at most with whatever happens else, so that a list of many packets reads no chart. The packet itself is always judged anew.
 */
import { type Day, dayOf, type Instant } from '@refloop/domain/instant';
import type { Referral } from '@refloop/domain/referral/referral';
import type { ObligationKind } from '@refloop/domain/sla/service-levels';
import type { Unit } from '../store/store.ts';
import { type AssembledPacket, assemblePacket } from './packet-assembly.ts';

/** The steps before a packet has left: it is put together and sent, or the payer keeps it from being sent (R112). */
export const BEFORE_SENDING: readonly ObligationKind[] = ['send', 'payer-decision', 'payer-denial'];
export const isBeforeSending = (kind: string): boolean => BEFORE_SENDING.some((each) => each === kind);

export type Lacking = {
  /** The day whose span of recent results it was judged by. */
  asOf: Day;
  items: { label: string; notVisible: boolean }[];
  /** It goes with the practice's own number, which may change and stands elsewhere. */
  needsNumber: boolean;
};

/** What the chart has no part in is told when it is read. */
const NUMBER = 'callback';
export const NUMBER_LABEL = 'A number to call back';

/** Undefined where there is no packet: of referrals without a chart on record. */
export async function lackingOf(unit: Unit, referral: Referral, now: Instant): Promise<Lacking | undefined> {
  // No EHR is asked for consents here: what goes by one may be asked for although it is in.
  const assembled = await assemblePacket(unit, referral, { practiceOf: () => undefined, phoneOf: () => '' }, new Date(now), []);
  return assembled && lackingIn(assembled, now);
}

function lackingIn({ holds, preparation }: AssembledPacket, now: Instant): Lacking {
  const hold = holds.find(({ kind }) => kind === 'incomplete');
  const missing = hold?.kind === 'incomplete' ? hold.missing : [];
  return {
    asOf: dayOf(now),
    items: missing.filter(({ id }) => id !== NUMBER).map(({ label, standing }) => ({ label, notVisible: standing === 'not-visible' })),
    needsNumber: preparation.callback === '' && preparation.override?.missing.includes(NUMBER) !== true,
  };
}
