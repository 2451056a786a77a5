/** What a fax is, whichever way it goes: a number and the pages. */
import type { Referral } from '@refloop/domain/referral/referral';
import { z } from 'zod';
import type { Standing } from './handler.ts';
import { Transmission, whyNotLeave } from './packet-effect.ts';

export const FaxContent = z.object({
  transmission: Transmission,
  /** E.164. */
  number: z.string().regex(/^\+[1-9]\d{7,14}$/),
  pdf: z.base64(),
  /** Of pages that hold what needs the patient's consent: when that was last read. */
  consentReadAt: z.iso.datetime().optional(),
});
export type FaxContent = z.infer<typeof FaxContent>;

/** Within these minutes a press and its sending are one; what has to wait longer is made anew. Ours. */
const CONSENT_COUNTS_FOR_MS = 15 * 60_000;

/** Pages stay as they were made: those that hold something by a consent do not leave once it may have been withdrawn. */
export function whyNotFax(
  referral: Referral,
  { transmission, consentReadAt }: FaxContent,
  { now }: Pick<Standing, 'now'>,
): string | undefined {
  const isOld = consentReadAt !== undefined && Date.parse(now) - Date.parse(consentReadAt) > CONSENT_COUNTS_FOR_MS;
  return (
    whyNotLeave(referral, transmission) ??
    (isOld ? 'It holds what needs the patient’s consent, and had to wait too long. Send the packet anew from the referral.' : undefined)
  );
}

/** A number of the directory as E.164; ten digits are of the North American plan. Undefined for anything else. */
export function faxNumber(written: string): string | undefined {
  const digits = written.replaceAll(/[^\d+]/g, '');
  const number = /^\d{10}$/.test(digits) ? `+1${digits}` : /^1\d{10}$/.test(digits) ? `+${digits}` : digits;
  return /^\+[1-9]\d{7,14}$/.test(number) ? number : undefined;
}
