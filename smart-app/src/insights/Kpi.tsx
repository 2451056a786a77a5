/** A headline number: value, interval, n, whether its target is reached, and its months. The rows are one key away. */
import { Button } from '@mantine/core';
import type { MetricAnswer } from '@refloop/server/client/insights';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { Chip, type Tone } from '../ui/Chip.tsx';
import { certaintyText, countText, figureText } from './figures.ts';
import { metricPath } from './filter.ts';
import styles from './Insights.module.css';
import { Trend, topOf } from './Trend.tsx';
import { type Standing, standingOf, targetText } from './target.ts';
import { trendOf } from './trend.ts';
import type { ViewProps } from './views.ts';

type Props = Pick<ViewProps, 'api' | 'onFail' | 'filter' | 'onRows'> & { id: string };

const MONTHS = 18;
const TONES: Record<Standing, Tone> = { reached: 'good', missed: 'bad', 'not told': 'wait' };
const WORDS: Record<Standing, string> = { reached: 'reached', missed: 'missed', 'not told': 'too close to tell' };

export function Kpi({ api, onFail, filter, onRows, id }: Props) {
  const [whole, retry] = useAnswer<MetricAnswer>(api, metricPath(id, filter, undefined), onFail);
  const [months, retryMonths] = useAnswer<MetricAnswer>(api, metricPath(id, filter, 'month'), onFail);
  return (
    <section className={`${styles['panel']} ${styles['kpi']}`} aria-labelledby={`kpi-${id}`}>
      <AnswerView answer={whole} onRetry={retry}>
        {(answer) => <Value answer={answer} onRows={onRows} />}
      </AnswerView>
      <AnswerView answer={months} onRetry={retryMonths}>
        {({ metric: { title, unit, target }, rows }) => {
          const points = trendOf(rows, MONTHS);
          return (
            <Trend label={`${title} by month of order`} points={points} unit={unit} top={topOf(unit, points)} target={target?.value} />
          );
        }}
      </AnswerView>
    </section>
  );
}

function Value({ answer, onRows }: { answer: MetricAnswer } & Pick<Props, 'onRows'>) {
  const { metric, rows } = answer;
  const row = rows.find(({ category }) => category === null);
  return (
    <>
      <h2 id={`kpi-${metric.id}`}>{metric.title}</h2>
      <p className={styles['figure']}>
        <strong className="num">{row ? figureText(row, metric.unit) : '–'}</strong>
        {row ? (
          <Button size="compact-sm" variant="default" onClick={() => onRows(answer, row)} aria-label={`Rows behind ${metric.title}`}>
            Rows
          </Button>
        ) : null}
      </p>
      {row ? (
        <p className="caption num">
          {certaintyText(row, metric.unit)}n {countText(row.n)}
        </p>
      ) : (
        <p className="caption">No referral of this view can be counted yet.</p>
      )}
      {metric.target && row && row.value !== null ? (
        <p>
          <Chip tone={TONES[standingOf(row, metric.target)]} title={metric.target.why}>
            Target {targetText(metric.target, metric.unit)}: {WORDS[standingOf(row, metric.target)]}
          </Chip>
        </p>
      ) : null}
      {row?.note ? <p className="caption">{row.note}</p> : null}
    </>
  );
}
