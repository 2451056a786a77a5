/** One metric: its value with n and interval, told apart by what the view says, its definition, its table and the rows behind each mark. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { AnswerView } from '../center/AnswerView.tsx';
import type { Answer } from '../center/answer.ts';
import { useAnswer } from '../center/use-answer.ts';
import { plainTime } from '../words/plain-date.ts';
import { AtRisk } from './AtRisk.tsx';
import { Chart } from './Chart.tsx';
import { ChartOrTable } from './ChartOrTable.tsx';
import { curveOptions, curvesOf, MOST_CURVES } from './curve-options.ts';
import { Definition } from './Definition.tsx';
import { certaintyText, countText, figureText, segmentText } from './figures.ts';
import { type Filter, metricPath } from './filter.ts';
import styles from './Insights.module.css';
import { intervalHeight, intervalOptions, linesOf } from './interval-options.ts';
import { MetricTable } from './MetricTable.tsx';
import { RowsButton } from './RowsButton.tsx';
import { Scores } from './Scores.tsx';
import type { OnRows, ViewProps } from './views.ts';

type Props = Pick<ViewProps, 'api' | 'onFail' | 'filter' | 'onRows'> & {
  id: string;
  /** In place of what the filter says. */
  by?: Filter['by'];
  /** Over both columns: the last of an odd number. */
  wide?: boolean;
};

export function MetricPanel({ api, onFail, id, filter, onRows, by = filter.by, wide = false }: Props) {
  const [whole, retryWhole] = useAnswer<MetricAnswer>(api, metricPath(id, filter, undefined), onFail);
  const [apart, retryApart] = useAnswer<MetricAnswer>(api, metricPath(id, filter, by), onFail);
  return (
    <section className={`${styles['panel']} ${wide ? styles['wide'] : ''}`} aria-labelledby={`metric-${id}`}>
      <AnswerView
        answer={whole}
        onRetry={() => {
          retryWhole();
          retryApart();
        }}
      >
        {(answer) => <Whole answer={answer} onRows={onRows} />}
      </AnswerView>
      {whole.kind === 'failed' ? null : tellsWho(whole, by) ? (
        <p className="caption">Not told apart by clinician: it would tell who said what.</p>
      ) : (
        <AnswerView answer={apart} onRetry={retryApart}>
          {(answer) => <Apart answer={answer} by={by} onRows={onRows} />}
        </AnswerView>
      )}
    </section>
  );
}

/** Where the referrals behind a number may not be listed, people are not told apart either. */
const tellsWho = (whole: Answer<MetricAnswer>, by: Filter['by']): boolean =>
  by === 'requester' && whole.kind === 'ready' && !whole.value.metric.namesRows;

function Whole({ answer, onRows }: { answer: MetricAnswer; onRows: OnRows }) {
  const { metric, rows } = answer;
  const row = rows[0];
  return (
    <>
      <h2 id={`metric-${metric.id}`}>{metric.title}</h2>
      {row ? (
        <p className={styles['figure']}>
          <strong className="num">{figureText(row, metric.unit)}</strong>{' '}
          <span className="caption num">
            {certaintyText(row, metric.unit)}n {countText(row.n)} · as of {plainTime(answer.asOf)}
          </span>{' '}
          {metric.namesRows ? <RowsButton about={`Rows behind ${metric.title}`} onRows={() => onRows(answer, row)} /> : null}
        </p>
      ) : (
        <p>No referral of this view can be counted yet.</p>
      )}
      {row ? <Scores row={row} /> : null}
      {row?.note ? <p className="caption">{row.note}</p> : null}
      <Definition metric={metric} />
    </>
  );
}

/** Those that say most first; who is too few for a number comes last. */
const byValue = (one: MetricRow, other: MetricRow): number => sizeOf(other) - sizeOf(one);
const sizeOf = ({ value, high }: MetricRow): number => value ?? high ?? -1;

/** Without one value there would be an empty frame. */
const isDrawn = ({ rows, curve }: MetricAnswer): boolean =>
  curve === undefined ? rows.some(({ value, low, high }) => value !== null || low !== null || high !== null) : curve.length > 0;

const nothingText = (rows: readonly MetricRow[]): string =>
  rows.every(({ n }) => n === 0) ? 'nothing of this view can be counted.' : 'what there is is too little to tell.';

function Apart({ answer, by, onRows }: { answer: MetricAnswer; by: Filter['by']; onRows: OnRows }) {
  const { metric, curve } = answer;
  const rows = by === 'month' || by === 'week' ? answer.rows : answer.rows.toSorted(byValue);
  if (rows.length === 0) return <p className="caption">Nothing to tell apart by {by}.</p>;
  if (!isDrawn(answer))
    return (
      <p className="caption">
        Nothing to draw by {by} yet: {nothingText(rows)}
      </p>
    );
  const curves = curvesOf(
    curve ?? [],
    answer.rows.toSorted((one, other) => (other.n ?? 0) - (one.n ?? 0)).map(({ segment }) => segmentText(segment)),
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
            <AtRisk
              curves={curves}
              onOpen={(name) => {
                const row = rows.find(({ segment }) => segmentText(segment) === name);
                if (row) onRows(answer, row);
              }}
            />
            <p className="caption">
              With 95 % intervals{rows.length > MOST_CURVES ? `, the ${MOST_CURVES} with most referrals` : ''}. Open referrals count until
              they were last seen; cancelled, expired and declined ones compete.
            </p>
          </>
        ) : (
          <>
            <Chart
              label={`${metric.title} by ${by}, with ${metric.unit === 'dollars' ? 'the ranges assumed' : '95 % intervals'}, for ${countText(rows.length)} values`}
              height={(width) => intervalHeight(rows.length, metric.unit, width)}
              options={(palette, width) => intervalOptions(answer, rows, palette, width)}
              {...(metric.namesRows
                ? {
                    onPick: (index: number) => {
                      const row = rows[index];
                      if (row) onRows(answer, row);
                    },
                  }
                : {})}
            />
            <Lines metric={metric} />
          </>
        )
      }
    />
  );
}

/** What the lines across the drawing are. Why figures from elsewhere are not to be compared is said with the definition. */
function Lines({ metric }: Pick<MetricAnswer, 'metric'>) {
  const lines = linesOf(metric);
  if (lines.length === 0) return null;
  return (
    <p className="caption">
      Dashed: {lines.map(({ letter, words }) => `${letter} ${words}`).join('; ')}.
      {metric.benchmarks.length > 0 ? ' Published figures count other people by other rules: see the definition.' : ''}
    </p>
  );
}
