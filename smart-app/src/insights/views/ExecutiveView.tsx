/**
 * The executive view: a sentence that names the largest avoidable loss, the headline numbers with their targets, how far the loop comes and
 * why referrals are lost; then leakage, completion, time to appointment and revenue capture, told apart.
 */
import type { MetricAnswer } from '@refloop/server/client/insights';
import { AnswerView } from '../../center/AnswerView.tsx';
import { useAnswer } from '../../center/use-answer.ts';
import { AlertsPanel } from '../AlertsPanel.tsx';
import { ChartOrTable } from '../ChartOrTable.tsx';
import { ComparisonPanel } from '../ComparisonPanel.tsx';
import { ContractingTable } from '../ContractingTable.tsx';
import { causesToShow, isAvoidable } from '../causes.ts';
import { LostPanel, ReasonsPanel } from '../Decomposition.tsx';
import { Definition } from '../Definition.tsx';
import { DotRows } from '../DotRows.tsx';
import { Funnel } from '../Funnel.tsx';
import { countText } from '../figures.ts';
import { metricPath } from '../filter.ts';
import styles from '../Insights.module.css';
import { Kpis } from '../Kpi.tsx';
import { largestLoss, openingSentence } from '../lead-sentence.ts';
import { MetricPanel } from '../MetricPanel.tsx';
import { MetricTable } from '../MetricTable.tsx';
import { RowsButton } from '../RowsButton.tsx';
import { UnverifiedClaims } from '../UnverifiedClaims.tsx';
import type { ViewProps } from '../views.ts';

/** In this order, as many as there are, at most seven. */
const HEADLINES = [
  'completion',
  'network_leakage',
  'time_to_appointment',
  'revenue_capture',
  'closed_loop',
  'note_return',
  'no_show',
  'time_to_accept',
  'time_to_schedule',
] as const;
const MOST_HEADLINES = 7;

const PANELS = [
  'network_leakage',
  'completion',
  'time_to_appointment',
  'revenue_capture',
  'return_on_investment',
  'network_adequacy',
] as const;

export default function ExecutiveView(props: ViewProps) {
  const { api, onFail, filter, status, onRows } = props;
  const known = (id: string): boolean => status.metrics.includes(id);
  return (
    <>
      <Lead {...props} />
      <Kpis ids={HEADLINES.filter(known).slice(0, MOST_HEADLINES)} api={api} onFail={onFail} filter={filter} onRows={onRows} />
      <div className={styles['panels']}>
        <div className={styles['stack']}>
          <LoopPanel {...props} />
          {known('lost_referrals') ? <LostPanel {...props} /> : null}
        </div>
        {known('lost_causes') ? <CausesPanel {...props} /> : null}
        {known('leakage_reasons') ? <ReasonsPanel {...props} /> : null}
        {PANELS.filter(known).map((id) => (
          <MetricPanel key={id} id={id} api={api} onFail={onFail} filter={filter} onRows={onRows} />
        ))}
        <ComparisonPanel api={api} onFail={onFail} filter={filter} status={status} />
        <ContractingTable api={api} onFail={onFail} filter={filter} />
        <AlertsPanel {...props} />
        <UnverifiedClaims api={api} onFail={onFail} />
      </div>
    </>
  );
}

function Lead({ api, onFail, filter, status, onRows }: ViewProps) {
  const [funnel] = useAnswer<MetricAnswer>(api, metricPath('loop_funnel', filter, undefined), onFail);
  const asked = status.metrics.includes('lost_causes') ? metricPath('lost_causes', filter, 'specialty') : undefined;
  const [causes] = useAnswer<MetricAnswer>(api, asked, onFail);
  if (funnel.kind !== 'ready') return <p className={styles['lead']}>&nbsp;</p>;
  const opening = openingSentence(funnel.value, filter);
  if (opening === undefined) return <p className={styles['lead']}>No referral of this view is old enough to say what became of it.</p>;
  const loss = causes.kind === 'ready' ? largestLoss(causes.value) : undefined;
  return (
    <p className={`${styles['lead']} num`}>
      {opening}{' '}
      {loss === undefined || causes.kind !== 'ready' ? null : (
        <>
          The largest avoidable loss is <b className={styles['loss']}>{loss.cause}</b>:{' '}
          <span className={styles['whole']}>
            {loss.share} <span className="caption">{loss.certainty}</span>.
          </span>{' '}
          {loss.alsoLarge === undefined ? '' : `About as many: ${loss.alsoLarge}. `}
          <RowsButton about="Rows behind the largest avoidable loss" onRows={() => onRows(causes.value, loss.row)} />
        </>
      )}
    </p>
  );
}

function LoopPanel({ api, onFail, filter, onRows }: ViewProps) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath('loop_funnel', filter, undefined), onFail);
  return (
    <section className={styles['panel']} aria-labelledby="loop">
      <h2 id="loop">The loop</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(funnel) => (
          <>
            <Funnel answer={funnel} onRows={onRows} />
            <Definition metric={funnel.metric} />
          </>
        )}
      </AnswerView>
    </section>
  );
}

const MOST_CAUSES = 8;

function CausesPanel({ api, onFail, filter, onRows }: ViewProps) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath('lost_causes', filter, undefined), onFail);
  return (
    <section className={styles['panel']} aria-labelledby="causes">
      <h2 id="causes">Why they are lost</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(causes) => {
          const rows = causesToShow(causes.rows, MOST_CAUSES);
          if (rows.length === 0) return <p className="caption">Nothing was lost of what is old enough to judge.</p>;
          return (
            <>
              <ChartOrTable
                caption={`Share of orders (n ${countText(rows[0]?.n ?? 0)}), 95 % for all together · hollow: not known, or not to be avoided`}
                table={<MetricTable answer={causes} rows={rows} onRows={(row) => onRows(causes, row)} />}
                chart={<DotRows answer={causes} rows={rows} onRows={onRows} isMuted={({ category }) => !isAvoidable(category)} />}
              />
              <Definition metric={causes.metric} />
            </>
          );
        }}
      </AnswerView>
    </section>
  );
}
