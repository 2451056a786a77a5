/** How far a referral is on its way round, in six steps. */

export const LOOP_STEPS = ['Approved', 'Sent', 'Accepted', 'Booked', 'Seen', 'Reviewed'] as const;

/** Steps done, by the one word of its status. */
const DONE: Partial<Record<string, number>> = {
  approved: 1,
  'awaiting-signature': 1,
  'in-chart': 1,
  sent: 2,
  received: 2,
  declined: 2,
  accepted: 3,
  'no-show': 3,
  scheduled: 4,
  seen: 5,
  reported: 5,
  closed: 6,
};

/** @returns undefined where it went another way: cancelled, expired, declined by the patient */
export const stepsDone = (status: string): number | undefined => DONE[status];
