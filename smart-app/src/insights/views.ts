/** The views of Insights: a tab for each file in views/, in this order. What is not there has no tab. */
import type { InsightsStatus, MetricAnswer, MetricRow } from '@refloop/server/client/insights';
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

/** Id in the address, name on the tab, file in views/. */
const TABS = [
  ['executive', 'Executive', 'ExecutiveView'],
  ['operations', 'Operations', 'OperationsView'],
  ['service-line', 'Service line', 'ServiceLineView'],
  ['quality', 'Quality', 'QualityView'],
  ['specialists', 'Specialists', 'SpecialistsView'],
  ['cms50', 'CMS50', 'Cms50View'],
  ['fairness', 'Fairness', 'FairnessView'],
] as const;

export type InsightsView = { id: string; name: string; Page: ComponentType<ViewProps> };

/** Each comes in a file of its own when it is opened. */
const files = import.meta.glob<ComponentType<ViewProps>>('./views/*View.tsx', { import: 'default' });

export const VIEWS: readonly InsightsView[] = TABS.flatMap(([id, name, file]) => {
  const load = files[`./views/${file}.tsx`];
  return load ? [{ id, name, Page: laterParts(load).part((Page) => Page) }] : [];
});

/** Files in views/ without a tab: none, or one is misnamed. */
export const WITHOUT_TAB: readonly string[] = Object.keys(files).filter((path) =>
  TABS.every(([, , file]) => path !== `./views/${file}.tsx`),
);
