/** The service levels of a site. */
import type { Day } from '@refloop/domain/instant';
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { clinicHolidaysOf } from '@refloop/domain/sla/clinic-holidays';
import { defaultPolicy, ofToday, type SlaPolicy } from '@refloop/domain/sla/policy';
import type { Scope, Store, Unit } from '../../store/store.ts';

/** Years whose holidays a calendar holds: an appointment lies at most so far ahead, a history so far back. */
const YEARS = { from: 2020, to: 2040 };

const holidays: readonly Day[] = Array.from({ length: YEARS.to - YEARS.from + 1 }, (_, at) => clinicHolidaysOf(YEARS.from + at)).flat();

/** Monday to Friday from eight to five (ours; a site has its own), without the holidays of clinics. */
export const clinicCalendar = (timeZone: string): BusinessCalendar => ({ timeZone, opens: 8, closes: 17, holidays });

const UNLESS_KEPT = defaultPolicy(clinicCalendar('UTC'));

export async function policyIn(unit: Unit): Promise<SlaPolicy> {
  const kept = await unit.slaPolicies.inForce();
  return kept ? ofToday(kept.policy) : UNLESS_KEPT;
}

/** At first start: the default, on the calendar of the time zone that the site is in. What a site has already stays. */
export async function keepFirstPolicy(store: Store, scope: Scope, timeZone: string, now: Date): Promise<void> {
  const at = now.toISOString();
  await store.transaction(scope, async (unit) => {
    if (await unit.slaPolicies.inForce()) return;
    const policy = defaultPolicy(clinicCalendar(timeZone));
    const reason = 'The default, at first start.';
    if (!(await unit.slaPolicies.add({ policy, madeBy: 'refloop', madeAt: at, reason }))) return;
    await unit.audit.append({
      at,
      actor: { subject: 'refloop', fhirUser: null, sessionId: null },
      action: 'sla-policy.kept',
      purpose: 'HSYSADMIN',
      payload: { id: policy.id, version: policy.version, timeZone, reason },
    });
  });
}
