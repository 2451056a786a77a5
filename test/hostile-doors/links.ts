/**
 * Links of offices and patients as they stand, kept apart from the product by what was made and by what it answered, so that an answer can be
 * judged without asking it.
 */

export type Side = 'office' | 'patient';

/** `over`: the referral is, for this side; the link still opens, and says that and no more. `hour-over`: it opens, and what it was opened to does not. */
export type Standing = 'open' | 'over' | 'hour-over' | 'expired' | 'taken-back';

export type Link = {
  side: Side;
  referralId: string;
  /** Stands in the name of its patient and of nobody else. */
  tag: string;
  token: string;
  /** The NPI of its specialist or the birth date of its patient; each referral has others. */
  secondFactor: string;
  tries: number;
  /** What it was opened to last. */
  opened: string | undefined;
  /** What it was opened to before. */
  replaced: string[];
  standing: Standing;
};

const MOST_TRIES = 5;

export const isLocked = ({ tries }: Link): boolean => tries >= MOST_TRIES;

/** Whether a second factor that is right opens it, and one that is wrong is counted. */
export const canOpen = (link: Link): boolean => link.standing !== 'expired' && link.standing !== 'taken-back' && !isLocked(link);

/** Whether what it was opened to still is. Somebody else's wrong tries close no page that is open. */
export const isOpened = ({ opened, standing }: Link): boolean => opened !== undefined && (standing === 'open' || standing === 'over');

/** Takes in what was answered to a request that named this link. */
export function learn(link: Link, asked: 'open' | 'other', status: number, body: Record<string, unknown>): void {
  if (asked === 'open' && status === 200) {
    if (link.opened) link.replaced.push(link.opened);
    // Where the referral is over, it was opened to something that nobody is told.
    link.opened = typeof body['opened'] === 'string' ? body['opened'] : undefined;
    link.standing = 'open';
  }
  if (asked === 'open' && status === 403 && JSON.stringify(body).includes(link.side === 'office' ? '"npi"' : '"born"')) link.tries += 1;
  if (body['standing'] === 'over') link.standing = 'over';
}
