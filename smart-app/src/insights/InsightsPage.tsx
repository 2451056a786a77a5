/** Insights: which referrals are looked at, the tabs of the views, and the rows behind a mark. What a view shows stands in views/. */
import { Button } from '@mantine/core';
import type { InsightsStatus, MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { useMemo, useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import center from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { plainTime } from '../words/plain-date.ts';
import { watchMetrics } from './asked-metrics.ts';
import { ExportDialog } from './ExportDialog.tsx';
import { FilterBar } from './FilterBar.tsx';
import { countText } from './figures.ts';
import { type Filter, filterOf, hashOf } from './filter.ts';
import styles from './Insights.module.css';
import { RowsDialog } from './RowsDialog.tsx';
import { type InsightsView, viewsFor } from './views.ts';

/** @param item the view in the address; without one, or with one that is not there or not for this person, the first */
type Props = CenterProps & { item: string | undefined; search: string };

export default function InsightsPage({ session, api, onFail, item, search }: Props) {
  const filter = filterOf(search);
  const views = viewsFor(session.roles);
  const view = views.find(({ id }) => id === item) ?? views[0];
  const [status, refresh] = useAnswer<InsightsStatus>(api, '/insights', onFail);
  const [exporting, setExporting] = useState(false);
  const watched = useMemo(() => watchMetrics(api), [api]);
  const [behind, setBehind] = useState<{ answer: MetricAnswer; row: MetricRow }>();
  if (!view) return null;
  return (
    <main className={`${center['page']} ${styles['page']}`}>
      <div className={center['head']}>
        <h1>Insights</h1>
        <div className={styles['actions']}>
          {session.roles.includes('lead') ? (
            <Button variant="default" onClick={() => setExporting(true)}>
              Export
            </Button>
          ) : null}
          <Button variant="default" onClick={refresh}>
            Refresh
          </Button>
        </div>
      </div>
      <Tabs views={views} current={view} filter={filter} />
      <AnswerView answer={status} onRetry={refresh}>
        {(known) =>
          known.snapshot === null ? (
            <NothingYet status={known} />
          ) : (
            <>
              <FilterBar
                filter={filter}
                choices={known.choices}
                tellsApart={view.tellsApart}
                onFilter={(changed) => {
                  location.hash = hashOf(view.id, changed);
                }}
              />
              {known.history === null ? null : <Loading history={known.history} />}
              <div className={styles['view']} key={`${known.snapshot.name} ${view.id}`}>
                <view.Page
                  session={session}
                  api={watched.apiOf(view.id)}
                  onFail={onFail}
                  filter={filter}
                  status={known}
                  onRows={(answer, row) => setBehind({ answer, row })}
                />
              </div>
              <p className="caption num">
                From {countText(known.snapshot.referrals)} referrals, as of {plainTime(known.snapshot.asOf)}.
                {known.simulated === 0 || known.snapshot.referrals === 0
                  ? ''
                  : ` ${countText(known.simulated)} of them are of a simulated practice: synthetic, with what is true of it described in its README.`}
              </p>
            </>
          )
        }
      </AnswerView>
      {exporting ? (
        <ExportDialog
          api={api}
          onFail={onFail}
          name={view.name}
          metrics={watched.idsOf(view.id)}
          filter={filter}
          onClose={() => setExporting(false)}
        />
      ) : null}
      {behind ? <RowsDialog api={api} onFail={onFail} filter={filter} {...behind} onClose={() => setBehind(undefined)} /> : null}
    </main>
  );
}

/** Addresses, each with the filter: a view can be opened beside another. */
const Tabs = ({ views, current, filter }: { views: readonly InsightsView[]; current: InsightsView; filter: Filter }) => (
  <nav className={styles['tabs']} aria-label="Views">
    {views.map((view) => (
      <a key={view.id} href={hashOf(view.id, filter)} aria-current={view === current ? 'page' : undefined}>
        {view.name}
      </a>
    ))}
  </nav>
);

const Loading = ({ history: { loaded, total } }: { history: NonNullable<InsightsStatus['history']> }) => (
  <output className={styles['loading']}>
    <progress value={loaded} max={total} aria-label="History loaded" />
    <span className="num">
      History is loading: {countText(loaded)} of {countText(total)} referrals. What stands below counts those that were there at its time.
    </span>
  </output>
);

function NothingYet({ status: { history } }: { status: InsightsStatus }) {
  return history === null ? (
    <p className={center['empty']}>
      Nothing is counted yet. The numbers are made every hour from the referrals on record; an administrator can have them made at once.
    </p>
  ) : (
    <Loading history={history} />
  );
}
