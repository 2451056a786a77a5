/** The views of Insights: a tab for each file in views/, in this order. What is not there has no tab. */
import type { InsightsStatus, MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import type { Role } from '@refloop/server/client/session';
import type { ComponentType } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { laterParts } from '../ui/later-parts.tsx';
import type { Filter } from './filter.ts';

/** Opens the rows behind a mark. */
export type OnRows = (answer: MetricAnswer, row: MetricRow) => void;

export type ViewProps = Pick<CenterProps, 'session' | 'api' | 'onFail'> & {
  filter: Filter;
  /** Of the snapshot that every number of the view is counted in; a new snapshot makes the view anew. */
  status: InsightsStatus;
  onRows: OnRows;
};

const OF_BOTH: readonly Role[] = ['coordinator', 'lead'];
const OF_LEADS: readonly Role[] = ['lead'];

/** Id in the address, name on the tab, file in views/, who may ask its routes, and whether it tells apart by what the filter says. */
const TABS = [
  ['executive', 'Executive', 'ExecutiveView', OF_BOTH, true],
  ['operations', 'Operations', 'OperationsView', OF_BOTH, true],
  ['service-line', 'Service line', 'ServiceLineView', OF_BOTH, false],
  ['quality', 'Quality', 'QualityView', OF_BOTH, true],
  ['specialists', 'Specialists', 'SpecialistsView', OF_BOTH, false],
  ['cms50', 'CMS50', 'Cms50View', OF_BOTH, false],
  ['fairness', 'Fairness', 'FairnessView', OF_LEADS, false],
] as const;

export type InsightsView = { id: string; name: string; roles: readonly Role[]; tellsApart: boolean; Page: ComponentType<ViewProps> };

/** Each comes in a file of its own when it is opened. */
const files = import.meta.glob<ComponentType<ViewProps>>('./views/*View.tsx', { import: 'default' });

export const VIEWS: readonly InsightsView[] = TABS.flatMap(([id, name, file, roles, tellsApart]) => {
  const load = files[`./views/${file}.tsx`];
  return load ? [{ id, name, roles, tellsApart, Page: laterParts(load).part((Page) => Page) }] : [];
});

/** What somebody with these roles is offered: a view whose routes would refuse them has no tab. */
export const viewsFor = (roles: readonly Role[]): readonly InsightsView[] =>
  VIEWS.filter((view) => view.roles.some((role) => roles.includes(role)));

/** Files in views/ without a tab: none, or one is misnamed. */
export const WITHOUT_TAB: readonly string[] = Object.keys(files).filter((path) =>
  TABS.every(([, , file]) => path !== `./views/${file}.tsx`),
);
