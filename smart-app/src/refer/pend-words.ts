/** What came of a referral that was sent to be signed, in one sentence. */
import type { Named, PendEnd } from '@refloop/server/client/recommendation';
import { plainTime } from '../words/plain-date.ts';

/** @param covered the clinician in whose place it was settled, by name; null where that one did it */
export function pendEndText({ what, by, at }: PendEnd, covered: string | null): string {
  const when = plainTime(at);
  const inPlace = covered === null ? '' : `, covering for ${covered}`;
  switch (what) {
    case 'signed':
      return `Signed by ${by.name}${inPlace}, ${when}.`;
    case 'dismissed':
      return `Closed without ordering by ${by.name}${inPlace}, ${when}.`;
    case 'superseded':
      return `${by.name} began a referral of their own from this order, ${when}. It took the place of this one.`;
    case 'carried-on':
      return `${by.name} changed the request, ${when}. The changed one waits to be signed.`;
    case 'taken-back':
      return `Taken back by ${by.name}, ${when}.`;
  }
}

/** The same, where the clinician it was sent to is at hand. */
export const endOfPend = (ended: PendEnd, signer: Named): string =>
  pendEndText(ended, ended.by.subject === signer.subject ? null : signer.name);
