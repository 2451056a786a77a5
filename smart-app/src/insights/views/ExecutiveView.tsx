/** The executive view: one sentence and its evidence, then each number with its definition, its n and its interval. */
import type { MetricAnswer } from '@refloop/server/client/insights';
import { useAnswer } from '../../center/use-answer.ts';
import { metricPath } from '../filter.ts';
import styles from '../Insights.module.css';
import { leadSentence } from '../lead-sentence.ts';
import { MetricPanel } from '../MetricPanel.tsx';
import type { ViewProps } from '../views.ts';

const METRICS = ['completion', 'network_leakage', 'time_to_appointment'] as const;

export default function ExecutiveView({ api, onFail, filter, status, onRows }: ViewProps) {
  return (
    <>
      <Lead api={api} onFail={onFail} filter={filter} />
      <div className={styles['panels']}>
        {METRICS.filter((id) => status.metrics.includes(id)).map((id) => (
          <MetricPanel key={id} id={id} api={api} onFail={onFail} filter={filter} onRows={onRows} />
        ))}
      </div>
    </>
  );
}

function Lead({ api, onFail, filter }: Pick<ViewProps, 'api' | 'onFail' | 'filter'>) {
  const [whole] = useAnswer<MetricAnswer>(api, metricPath('completion', filter, undefined), onFail);
  const [apart] = useAnswer<MetricAnswer>(api, metricPath('completion', filter, 'specialty'), onFail);
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
