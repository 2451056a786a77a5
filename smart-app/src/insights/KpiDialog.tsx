/** A headline number in detail: what it counts, and its months or weeks as a line and as the table behind it. */
import { Modal } from '@mantine/core';
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import center from '../center/CenterPage.module.css';
import { useAnswer } from '../center/use-answer.ts';
import { plainTime } from '../words/plain-date.ts';
import { Choice } from './Choice.tsx';
import { Definition } from './Definition.tsx';
import { certaintyText, countText, figureText } from './figures.ts';
import { metricPath } from './filter.ts';
import { MetricTable } from './MetricTable.tsx';
import { Trend, topOf } from './Trend.tsx';
import { type Period, trendOf } from './trend.ts';
import type { ViewProps } from './views.ts';

type Props = Pick<ViewProps, 'api' | 'onFail' | 'filter' | 'onRows'> & { whole: MetricAnswer; onClose: () => void };

const PERIODS: readonly { value: Period; label: string }[] = [
  { value: 'month', label: 'By month' },
  { value: 'week', label: 'By week' },
];
/** Two years of either. */
const MOST: Record<Period, number> = { month: 24, week: 104 };

/** Those of no known period last. */
const newestFirst = (rows: readonly MetricRow[]): MetricRow[] =>
  rows.toReversed().toSorted((one, other) => Number(isUnknown(one)) - Number(isUnknown(other)));
const isUnknown = ({ segment }: MetricRow): boolean => Object.values(segment).includes('unknown');

export function KpiDialog({ whole, api, onFail, filter, onRows, onClose }: Props) {
  const [by, setBy] = useState<Period>('month');
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath(whole.metric.id, filter, by), onFail);
  const { metric, rows, asOf } = whole;
  const row = rows.find(({ category }) => category === null);
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': 'Close' }} title={metric.title} size="xl">
      <div className={center['form']}>
        {row ? (
          <p className="num">
            <b>{figureText(row, metric.unit)}</b> · {certaintyText(row, metric.unit)}n {countText(row.n)} · as of {plainTime(asOf)}
          </p>
        ) : null}
        <Definition metric={metric} />
        <Choice legend="The order falls in" choices={PERIODS} chosen={by} onChoose={setBy} />
        <AnswerView answer={answer} onRetry={retry}>
          {(told) => {
            if (told.rows.length === 0) return <p className="caption">No referral of this view can be counted yet.</p>;
            const points = trendOf(told.rows, MOST[by], by);
            return (
              <>
                <Trend
                  label={`${metric.title} by ${by} of order`}
                  points={points}
                  unit={metric.unit}
                  top={topOf(metric.unit, points)}
                  height={120}
                  target={metric.target?.value}
                />
                <p className="caption">
                  The line with its 95 % interval{metric.target === null ? '' : ', dashed its target'}; dotted where a {by} is not yet
                  complete.
                </p>
                <MetricTable
                  answer={told}
                  rows={newestFirst(told.rows)}
                  onRows={(each) => {
                    onClose();
                    onRows(told, each);
                  }}
                />
              </>
            );
          }}
        </AnswerView>
      </div>
    </Modal>
  );
}
