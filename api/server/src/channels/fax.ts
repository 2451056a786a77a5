/** What a fax is, whichever way it goes: a number and the pages. */
import { z } from 'zod';
import { Transmission } from './packet-effect.ts';

export const FaxContent = z.object({
  transmission: Transmission,
  /** E.164. */
  number: z.string().regex(/^\+[1-9]\d{7,14}$/),
  pdf: z.base64(),
});
export type FaxContent = z.infer<typeof FaxContent>;

/** A number of the directory as E.164; ten digits are of the North American plan. Undefined for anything else. */
export function faxNumber(written: string): string | undefined {
  const digits = written.replaceAll(/[^\d+]/g, '');
  const number = /^\d{10}$/.test(digits) ? `+1${digits}` : /^1\d{10}$/.test(digits) ? `+${digits}` : digits;
  return /^\+[1-9]\d{7,14}$/.test(number) ? number : undefined;
}
