/** Where referrals are lost: one sentence and its evidence, then each number with its definition, its n and its interval. */
import { Button, NativeSelect } from '@mantine/core';
import { type InsightsStatus, type MetricAnswer, type MetricRow, SEGMENT_NAMES, type SegmentName } from '@refloop/server/client/insights';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import center from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { plainTime } from '../words/plain-date.ts';
import { countText, segmentText } from './figures.ts';
import { hashOf, metricPath, type View, viewOf } from './filter.ts';
import styles from './Insights.module.css';
import { leadSentence } from './lead-sentence.ts';
import { MetricPanel } from './MetricPanel.tsx';
import { RowsDialog } from './RowsDialog.tsx';

const METRICS = ['completion', 'network_leakage', 'time_to_appointment'] as const;

type Props = CenterProps & { search: string };

export default function InsightsPage({ api, onFail, search }: Props) {
  const view = viewOf(search);
  const [status, refresh] = useAnswer<InsightsStatus>(api, '/insights', onFail);
  const [behind, setBehind] = useState<{ answer: MetricAnswer; row: MetricRow }>();
  return (
    <main className={`${center['page']} ${styles['page']}`}>
      <div className={center['head']}>
        <h1>Insights</h1>
        <Button variant="default" onClick={refresh}>
          Refresh
        </Button>
      </div>
      <AnswerView answer={status} onRetry={refresh}>
        {(known) =>
          known.snapshot === null ? (
            <NothingYet status={known} />
          ) : (
            <>
              <Filters view={view} status={known} />
              {known.history === null ? null : <Loading history={known.history} />}
              <Lead key={known.snapshot.name} api={api} onFail={onFail} view={view} />
              <p className="caption num">
                From {countText(known.snapshot.referrals)} referrals, as of {plainTime(known.snapshot.asOf)}.
                {known.simulated === 0
                  ? ''
                  : ` ${countText(known.simulated)} of them are of a simulated practice: synthetic, with what is true of it described in its README.`}
              </p>
              <div className={styles['panels']} key={known.snapshot.name}>
                {METRICS.map((id) => (
                  <MetricPanel
                    key={id}
                    id={id}
                    api={api}
                    onFail={onFail}
                    view={view}
                    onRows={(answer, row) => setBehind({ answer, row })}
                  />
                ))}
              </div>
            </>
          )
        }
      </AnswerView>
      {behind ? <RowsDialog api={api} onFail={onFail} view={view} {...behind} onClose={() => setBehind(undefined)} /> : null}
    </main>
  );
}

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

const goTo = (view: View): void => {
  location.hash = hashOf(view);
};

function Filters({ view, status: { choices } }: { view: View; status: InsightsStatus }) {
  const months = choices.months;
  const select = (key: 'specialty' | 'site' | 'payer' | 'from' | 'to', label: string, all: string, values: readonly string[]) => (
    <NativeSelect
      label={label}
      value={view[key] ?? ''}
      onChange={(event) => goTo({ ...view, [key]: event.currentTarget.value || undefined })}
      data={[{ value: '', label: all }, ...values.map((value) => ({ value, label: segmentText({ [key]: value }) }))]}
    />
  );
  return (
    <form className={styles['filters']} aria-label="What is looked at" onSubmit={(event) => event.preventDefault()}>
      {select('from', 'Ordered from', 'the first month', months)}
      {select('to', 'to', 'the last month', months)}
      {select('specialty', 'Specialty', 'All specialties', choices.specialty)}
      {select('site', 'Site', 'All sites', choices.site)}
      {select('payer', 'Payer', 'All payers', choices.payer)}
      <NativeSelect
        label="Told apart by"
        value={view.by}
        onChange={(event) => goTo({ ...view, by: event.currentTarget.value as SegmentName })}
        data={SEGMENT_NAMES.map((name) => ({ value: name, label: name }))}
      />
    </form>
  );
}

function Lead({ api, onFail, view }: Pick<CenterProps, 'api' | 'onFail'> & { view: View }) {
  const [whole] = useAnswer<MetricAnswer>(api, metricPath('completion', view, undefined), onFail);
  const [apart] = useAnswer<MetricAnswer>(api, metricPath('completion', view, 'specialty'), onFail);
  if (whole.kind !== 'ready' || apart.kind !== 'ready') return <p className={styles['lead']}>&nbsp;</p>;
  const said = leadSentence(whole.value, apart.value);
  if (!said) return <p className={styles['lead']}>No referral of this view is old enough to say what became of it.</p>;
  return (
    <p className={`${styles['lead']} num`}>
      {said.opening}{' '}
      {said.worst === undefined ? (
        'No specialty stands clearly below the others.'
      ) : (
        <>
          Clearly below all together: <b>{said.worst}</b>
        </>
      )}
    </p>
  );
}
