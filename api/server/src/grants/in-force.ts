/** Who may sign for whom at this moment: read within each request, so that giving and taking away is in force with the next one. */
import type { Asker } from '@refloop/domain/referral/pend';
import type { DelegationKind, StaffMember } from '../store/delegations.ts';
import type { StoredGrant } from '../store/grants.ts';
import type { Unit } from '../store/store.ts';

/** Without a grant everybody the EHR calls a practitioner is a clinician; with one only by its roles. */
export const maySignAtAll = (grant: StoredGrant | undefined): boolean => grant === undefined || grant.roles.includes('clinician');

async function clinicians(unit: Unit, kind: DelegationKind, delegate: string, now: Date): Promise<StaffMember[]> {
  const found = await unit.delegations.inForce({ kind, delegate, now: now.toISOString() });
  return [...new Map(found.map(({ clinician }) => [clinician.subject, clinician])).values()];
}

/** The clinicians this person prepares for, as far as they can still sign. */
export async function signersOf(unit: Unit, subject: string, now: Date): Promise<StaffMember[]> {
  const signers: StaffMember[] = [];
  for (const each of await clinicians(unit, 'prepares-for', subject, now)) {
    if (maySignAtAll(await unit.grants.get(each.subject))) signers.push(each);
  }
  return signers;
}

/** The clinicians this person covers for. */
export const coveredBy = (unit: Unit, subject: string, now: Date): Promise<StaffMember[]> => clinicians(unit, 'covers', subject, now);

/** Who asks, for a command of a referral. */
export const askerOf = async (unit: Unit, subject: string, now: Date): Promise<Asker> => ({
  subject,
  coversFor: (await coveredBy(unit, subject, now)).map((each) => each.subject),
});
