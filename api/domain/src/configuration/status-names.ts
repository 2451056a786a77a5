/** What staff call the statuses of a referral. Which there are, and what leads from one to the next, is the product's (referral/status.ts). */
import { STATUS_WORDS, type StatusWord } from '../referral/status.ts';

/** A status as a site calls it. */
export type StatusName = { status: StatusWord; name: string };
export type StatusNames = Readonly<Record<StatusWord, string>>;

/** The word itself: `no-show` is "no show". */
export const productName = (status: StatusWord): string => status.replaceAll('-', ' ');

/** Of each status the name a site gave it, else Refloop's. */
export const statusNames = (own: readonly StatusName[]): StatusNames =>
  Object.fromEntries(
    STATUS_WORDS.map((status) => [status, own.find((each) => each.status === status)?.name ?? productName(status)]),
  ) as StatusNames;
