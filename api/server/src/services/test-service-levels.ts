/** For tests: the content of the default policy, as a page would send it. */
import { defaultPolicy } from '@refloop/domain/sla/policy';
import { contentOf, listsOf, type PolicyLists } from '@refloop/domain/sla/policy-content';
import { clinicCalendar } from './engine/policy-in-force.ts';

export const serviceLevels = (): PolicyLists => listsOf(contentOf(defaultPolicy({ ...clinicCalendar('UTC'), holidays: ['2026-12-25'] })));

/** One of each, for tests that try every place of it. */
export const fewServiceLevels = (): PolicyLists => {
  const lists = serviceLevels();
  return {
    ...lists,
    levels: lists.levels.slice(0, 1),
    steps: lists.steps.slice(0, 1),
    clinicCalendars: [{ clinic: 'North', calendar: lists.calendar }],
  };
};
