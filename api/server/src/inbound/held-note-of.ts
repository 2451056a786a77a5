import type { Unit } from '../store/store.ts';

export const linkKeyOf = (referralId: string, attempt: number): string => `${referralId}/${attempt}`;

/** Whether a note that this attempt's office gave is held. */
export const hasHeldNote = (unit: Unit, referralId: string, attempt: number): Promise<boolean> =>
  unit.inboundDocuments.holdsOf(linkKeyOf(referralId, attempt));
