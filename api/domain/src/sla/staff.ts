/** Which person answers for something: never a role with nobody in it, never a shared inbox. */

/** Somebody with roles of Refloop, and who stands in for them just now. */
export type StaffPerson = {
  subject: string;
  roles: readonly ('clinician' | 'coordinator' | 'lead')[];
  /** Subject of whoever stands in; null while they are there themselves. */
  substitute: string | null;
};

export type Reached = { subject: string /** Whom they stand in for; null where it is themselves. */; insteadOf: string | null };

/** FNV-1a, 32 bits, of the UTF-16 code units: spreads referrals over people, and the same one always to the same. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

const withRole = (staff: readonly StaffPerson[], role: 'coordinator' | 'lead'): StaffPerson[] =>
  staff.filter(({ roles }) => roles.includes(role)).sort((left, right) => (left.subject < right.subject ? -1 : 1));

/** Themselves, or who stands in for them: one step, so that two who are away at once do not send it in a circle. */
export function reached(staff: readonly StaffPerson[], subject: string): Reached {
  const substitute = staff.find((each) => each.subject === subject)?.substitute ?? null;
  return substitute === null ? { subject, insteadOf: null } : { subject: substitute, insteadOf: subject };
}

/**
 * One of those who have the role, spread evenly by the referral's id; undefined where nobody has it.
 * @param time from 1: the second time it is the next of them
 */
export function inTurn(role: 'coordinator' | 'lead', referralId: string, staff: readonly StaffPerson[], time = 1): string | undefined {
  const people = withRole(staff, role);
  return people[(spread(referralId) + time - 1) % Math.max(1, people.length)]?.subject;
}

/**
 * Who is asked. The coordinator of the referral, if it has one who still is one; else one of them, spread evenly by the referral's id. A lead
 * likewise. Where nobody has the role it is the clinician who ordered, for whose patient it is.
 * @param time the how-manieth time a lead is asked of the same, from 1: of several leads each in turn
 */
export function personFor(
  role: 'clinician' | 'coordinator' | 'lead',
  { referralId, requester, coordinator }: { referralId: string; requester: string; coordinator: string | null },
  staff: readonly StaffPerson[],
  time = 1,
): Reached {
  if (role === 'clinician') return reached(staff, requester);
  // A lead who took it has it; in turn it comes to coordinators alone.
  const isStillOne = staff.some(
    ({ subject, roles }) => subject === coordinator && roles.some((each) => each === 'coordinator' || each === 'lead'),
  );
  const own = role === 'coordinator' && isStillOne ? coordinator : null;
  return reached(staff, own ?? inTurn(role, referralId, staff, role === 'lead' ? time : 1) ?? requester);
}
