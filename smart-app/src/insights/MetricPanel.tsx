/** One metric: its value with n and interval, told apart by what the view says, its definition, its table and the rows behind each mark. */
import { Button } from '@mantine/core';
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { plainTime } from '../words/plain-date.ts';
import { AtRisk } from './AtRisk.tsx';
import { Chart } from './Chart.tsx';
import { ChartOrTable } from './ChartOrTable.tsx';
import { curveOptions, curvesOf, MOST_CURVES } from './curve-options.ts';
import { Definition } from './Definition.tsx';
import { countText, intervalText, segmentText, valueText } from './figures.ts';
import { type Filter, metricPath } from './filter.ts';
import styles from './Insights.module.css';
import { intervalHeight, intervalOptions } from './interval-options.ts';
import { MetricTable } from './MetricTable.tsx';
import type { OnRows, ViewProps } from './views.ts';

type Props = Pick<ViewProps, 'api' | 'onFail' | 'filter' | 'onRows'> & {
  id: string;
  /** In place of what the filter says. */
  by?: Filter['by'];
};

export function MetricPanel({ api, onFail, id, filter, onRows, by = filter.by }: Props) {
  const [whole, retryWhole] = useAnswer<MetricAnswer>(api, metricPath(id, filter, undefined), onFail);
  const [apart, retryApart] = useAnswer<MetricAnswer>(api, metricPath(id, filter, by), onFail);
  return (
    <section className={styles['panel']} aria-labelledby={`metric-${id}`}>
      <AnswerView answer={whole} onRetry={retryWhole}>
        {(answer) => <Whole answer={answer} onRows={onRows} />}
      </AnswerView>
      <AnswerView answer={apart} onRetry={retryApart}>
        {(answer) => <Apart answer={answer} by={by} onRows={onRows} />}
      </AnswerView>
    </section>
  );
}

function Whole({ answer, onRows }: { answer: MetricAnswer; onRows: OnRows }) {
  const { metric, rows } = answer;
  const row = rows[0];
  return (
    <>
      <h2 id={`metric-${metric.id}`}>{metric.title}</h2>
      {row ? (
        <p className={styles['figure']}>
          <strong className="num">{valueText(row.value, metric.unit)}</strong>{' '}
          <span className="caption num">
            {row.low === null ? '' : `${intervalText(row, metric.unit)} (95 %) · `}n {countText(row.n)} · as of {plainTime(answer.asOf)}
          </span>{' '}
          <Button size="compact-sm" variant="default" onClick={() => onRows(answer, row)} aria-label={`Rows behind ${metric.title}`}>
            Rows
          </Button>
        </p>
      ) : (
        <p>No referral of this view can be counted yet.</p>
      )}
      {row?.note ? <p className="caption">{row.note}</p> : null}
      <Definition metric={metric} />
    </>
  );
}

/** Those that say most first; who is too few for a number comes last. */
const byValue = (one: MetricRow, other: MetricRow): number => (other.value ?? -1) - (one.value ?? -1);

function Apart({ answer, by, onRows }: { answer: MetricAnswer; by: Filter['by']; onRows: OnRows }) {
  const { metric, curve } = answer;
  const rows = by === 'month' ? answer.rows : answer.rows.toSorted(byValue);
  if (rows.length === 0) return <p className="caption">Nothing to tell apart by {by}.</p>;
  const curves = curvesOf(
    curve ?? [],
    answer.rows.toSorted((one, other) => other.n - one.n).map(({ segment }) => segmentText(segment)),
  );
  return (
    <ChartOrTable
      drawn={rows}
      caption={`By ${by}`}
      table={<MetricTable answer={answer} rows={rows} onRows={(row) => onRows(answer, row)} />}
      chart={
        curve ? (
          <>
            <Chart
              label={`${metric.title} by ${by}: share that has got there by each day, ${curves.map(({ name }) => name).join(', ')}`}
              height={320}
              options={(palette, width) => curveOptions(curves, palette, width)}
            />
            <AtRisk curves={curves} />
            <p className="caption">
              {rows.length > MOST_CURVES ? `The ${MOST_CURVES} with most referrals. ` : ''}Open referrals count until they were last seen;
              cancelled, expired and declined ones compete.
            </p>
          </>
        ) : (
          <Chart
            label={`${metric.title} by ${by}, with 95 % intervals, for ${countText(rows.length)} values`}
            height={intervalHeight(rows.length)}
            options={(palette, width) => intervalOptions(answer, rows, palette, width)}
            onPick={(index) => {
              const row = rows[index];
              if (row) onRows(answer, row);
            }}
          />
        )
      }
    />
  );
}
