/** Headline numbers: value, interval, n, whether the target is reached, and the months. The rows and the details are one key away. */
import { Button } from '@mantine/core';
import type { MetricAnswer } from '@refloop/server/client/insights';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { Chip, type Tone } from '../ui/Chip.tsx';
import { plainDate } from '../words/plain-date.ts';
import { certaintyText, countText, figureText } from './figures.ts';
import { metricPath } from './filter.ts';
import styles from './Kpi.module.css';
import { KpiDialog } from './KpiDialog.tsx';
import { RowsButton } from './RowsButton.tsx';
import { Trend, topOf } from './Trend.tsx';
import { type Standing, standingOf, targetText } from './target.ts';
import { lastWhole, trendOf } from './trend.ts';
import type { ViewProps } from './views.ts';

type Shared = Pick<ViewProps, 'api' | 'onFail' | 'filter' | 'onRows'>;
type Props = Shared & { id: string };

const MONTHS = 18;
const TONES: Record<Standing, Tone> = { reached: 'good', missed: 'bad', 'not told': 'wait' };
const WORDS: Record<Standing, string> = { reached: 'reached', missed: 'missed', 'not told': 'too close to tell' };

export const Kpis = ({ ids, ...shared }: Shared & { ids: readonly string[] }) => (
  <div className={styles['kpis']}>
    {ids.map((id) => (
      <Kpi key={id} id={id} {...shared} />
    ))}
  </div>
);

function Kpi({ api, onFail, filter, onRows, id }: Props) {
  const [whole, retry] = useAnswer<MetricAnswer>(api, metricPath(id, filter, undefined), onFail);
  const [months, retryMonths] = useAnswer<MetricAnswer>(api, metricPath(id, filter, 'month'), onFail);
  const [isOpen, setOpen] = useState(false);
  return (
    <section
      className={styles['kpi']}
      aria-labelledby={`kpi-${id}`}
      data-long={whole.kind === 'ready' && whole.value.metric.unit === 'dollars' ? true : undefined}
    >
      <AnswerView
        answer={whole}
        onRetry={() => {
          retry();
          retryMonths();
        }}
      >
        {(answer) => <Value answer={answer} />}
      </AnswerView>
      {whole.kind === 'ready' ? (
        <div className={styles['below']}>
          <AnswerView answer={months} onRetry={retryMonths}>
            {(answer) => <Months answer={answer} />}
          </AnswerView>
          <Keys answer={whole.value} onRows={onRows} onDetails={() => setOpen(true)} />
        </div>
      ) : null}
      {isOpen && whole.kind === 'ready' ? (
        <KpiDialog whole={whole.value} api={api} onFail={onFail} filter={filter} onRows={onRows} onClose={() => setOpen(false)} />
      ) : null}
    </section>
  );
}

const wholeRow = ({ rows }: MetricAnswer) => rows.find(({ category }) => category === null);

function Value({ answer }: { answer: MetricAnswer }) {
  const { metric } = answer;
  const row = wholeRow(answer);
  return (
    <>
      <h2 id={`kpi-${metric.id}`}>{metric.title}</h2>
      <p className={`${styles['value']} num`}>{row ? figureText(row, metric.unit) : '–'}</p>
      {row ? (
        <p className={`${styles['caption']} caption num`}>
          <span>{certaintyText(row, metric.unit)}</span> <span>n {countText(row.n)}</span>
        </p>
      ) : (
        <p className="caption">No referral of this view can be counted yet.</p>
      )}
      {metric.target && row && row.value !== null ? (
        <p>
          <Chip tone={TONES[standingOf(row, metric.target)]} title={metric.target.why}>
            {targetText(metric.target, metric.unit)} {WORDS[standingOf(row, metric.target)]}
            <span className="sr-only">, its target</span>
          </Chip>
        </p>
      ) : null}
      {row?.note ? <p className="caption">{row.note}</p> : null}
    </>
  );
}

function Months({ answer: { metric, rows } }: { answer: MetricAnswer }) {
  const { title, unit, target } = metric;
  const points = trendOf(rows, MONTHS);
  const whole = lastWhole(points);
  return (
    <>
      <Trend label={`${title} by month of order`} points={points} unit={unit} top={topOf(unit, points)} target={target?.value} />
      {whole === undefined || whole === points.at(-1) ? null : (
        <p className={`${styles['caption']} caption num`}>
          Last complete month, {plainDate(whole.period)}: {figureText(whole, unit)}, <span>n {countText(whole.n)}</span>
        </p>
      )}
      {unit === 'dollars' && points.length > 1 ? <p className="caption">Of late orders many are still to be seen.</p> : null}
    </>
  );
}

function Keys({ answer, onRows, onDetails }: { answer: MetricAnswer; onDetails: () => void } & Pick<Props, 'onRows'>) {
  const { metric } = answer;
  const row = wholeRow(answer);
  return (
    <div className={styles['keys']}>
      {row ? <RowsButton about={`Rows behind ${metric.title}`} onRows={() => onRows(answer, row)} /> : null}
      <Button size="compact-sm" variant="default" onClick={onDetails} aria-label={`Details of ${metric.title}`}>
        Details
      </Button>
    </div>
  );
}
