/** For tests: the content of the default policy, as a page would send it. */
import { defaultPolicy } from '@refloop/domain/sla/policy';
import { contentOf, type PolicyContent } from '@refloop/domain/sla/policy-content';
import { clinicCalendar } from './engine/policy-in-force.ts';

export const serviceLevels = (): PolicyContent => contentOf(defaultPolicy({ ...clinicCalendar('UTC'), holidays: ['2026-12-25'] }));
