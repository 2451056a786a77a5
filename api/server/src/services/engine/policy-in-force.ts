/** The service levels of a site. */
import type { Day } from '@refloop/domain/instant';
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { clinicHolidaysOf } from '@refloop/domain/sla/clinic-holidays';
import { defaultPolicy, type SlaPolicy } from '@refloop/domain/sla/policy';
import { completed } from '@refloop/domain/sla/policy-content';
import type { Scope, Store, Unit } from '../../store/store.ts';
import type { StoredSlaPolicy } from '../../store/versions.ts';

/** Years whose holidays a calendar holds: an appointment lies at most so far ahead, a history so far back. */
const YEARS = { from: 2020, to: 2040 };

const holidays: readonly Day[] = Array.from({ length: YEARS.to - YEARS.from + 1 }, (_, at) => clinicHolidaysOf(YEARS.from + at)).flat();

/** Monday to Friday from eight to five (ours; a site has its own), without the holidays of clinics. */
export const clinicCalendar = (timeZone: string): BusinessCalendar => ({ timeZone, opens: 8, closes: 17, holidays });

const UNLESS_KEPT = defaultPolicy(clinicCalendar('UTC'));

/** Where none was kept yet: the default, which the first start keeps as version 1. */
export const storedPolicyIn = async (unit: Unit): Promise<StoredSlaPolicy> =>
  (await unit.slaPolicies.inForce()) ?? {
    policy: UNLESS_KEPT,
    madeBy: 'refloop',
    madeByName: 'Refloop',
    madeAt: '1970-01-01T00:00:00.000Z',
    reason: 'The default.',
  };

export const policyIn = async (unit: Unit): Promise<SlaPolicy> => (await storedPolicyIn(unit)).policy;

/**
 * At first start: the default, on the calendar of the time zone that the site is in. What a site has already stays; stages and steps that
 * the product did not know when it was kept come in with their default, as a version of their own.
 */
export async function keepFirstPolicy(store: Store, scope: Scope, timeZone: string, now: Date): Promise<void> {
  const at = now.toISOString();
  await store.transaction(scope, async (unit) => {
    const kept = await unit.slaPolicies.inForce();
    const policy = kept ? completed(kept.policy) : defaultPolicy(clinicCalendar(timeZone));
    if (!policy) return;
    const reason = kept ? 'Stages, steps and times that are new in this version of Refloop.' : 'The default, at first start.';
    if (!(await unit.slaPolicies.add({ policy, madeBy: 'refloop', madeByName: 'Refloop', madeAt: at, reason }))) return;
    await unit.audit.append({
      at,
      actor: { subject: 'refloop', fhirUser: null, sessionId: null },
      action: 'sla-policy.kept',
      purpose: 'HSYSADMIN',
      payload: { id: policy.id, version: policy.version, timeZone: policy.calendar.timeZone, reason },
    });
  });
}
