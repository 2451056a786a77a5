/** The service line: who gets seen and how long it takes, by specialty; where capacity is short; how each month is coming on; where patients live. */
import type { MetricAnswer, PlacesAnswer, SegmentName } from '@refloop/server/client/insights';
import { AnswerView } from '../../center/AnswerView.tsx';
import { useAnswer } from '../../center/use-answer.ts';
import { CohortTriangle } from '../CohortTriangle.tsx';
import { Definition } from '../Definition.tsx';
import { metricPath } from '../filter.ts';
import { Hotspots } from '../Hotspots.tsx';
import styles from '../Insights.module.css';
import { MetricPanel } from '../MetricPanel.tsx';
import type { ViewProps } from '../views.ts';
import { ZipMap } from '../ZipMap.tsx';

export default function ServiceLineView(props: ViewProps) {
  const { api, onFail, filter, onRows } = props;
  // Of one specialty the next question is where.
  const by: SegmentName = filter.specialty === undefined ? 'specialty' : 'site';
  return (
    <div className={styles['panels']}>
      <MetricPanel id="completion" by={by} api={api} onFail={onFail} filter={filter} onRows={onRows} />
      <MetricPanel id="time_to_appointment" by={by} api={api} onFail={onFail} filter={filter} onRows={onRows} />
      <CapacityPanel {...props} by={by} />
      <CohortPanel {...props} />
      <MapPanel {...props} />
    </div>
  );
}

function CapacityPanel({ api, onFail, filter, onRows, by }: ViewProps & { by: SegmentName }) {
  const [whole, retryWhole] = useAnswer<MetricAnswer>(api, metricPath('time_to_appointment', filter, undefined), onFail);
  const [apart, retryApart] = useAnswer<MetricAnswer>(api, metricPath('time_to_appointment', filter, by), onFail);
  const [months, retryMonths] = useAnswer<MetricAnswer>(api, metricPath('time_to_appointment', filter, by, 'month'), onFail);
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="capacity">
      <h2 id="capacity">Where capacity is short</h2>
      <AnswerView answer={whole} onRetry={retryWhole}>
        {(all) => (
          <AnswerView answer={apart} onRetry={retryApart}>
            {(each) => (
              <AnswerView answer={months} onRetry={retryMonths}>
                {(monthly) => <Hotspots whole={all} apart={each} months={monthly} onRows={onRows} />}
              </AnswerView>
            )}
          </AnswerView>
        )}
      </AnswerView>
    </section>
  );
}

function CohortPanel({ api, onFail, filter, onRows }: ViewProps) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath('cohort_completion', filter, 'month'), onFail);
  return (
    <section className={styles['panel']} aria-labelledby="cohorts">
      <h2 id="cohorts">How each month is coming on</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(cohorts) => (
          <>
            <CohortTriangle answer={cohorts} onRows={onRows} />
            <Definition metric={cohorts.metric} />
          </>
        )}
      </AnswerView>
    </section>
  );
}

function MapPanel({ api, onFail, filter, onRows }: ViewProps) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath('completion', filter, 'zip3'), onFail);
  const [places, retryPlaces] = useAnswer<PlacesAnswer>(api, '/insights/places', onFail);
  return (
    <section className={styles['panel']} aria-labelledby="places">
      <h2 id="places">Where patients live, and how many are seen</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(completion) => (
          <AnswerView answer={places} onRetry={retryPlaces}>
            {(known) => <ZipMap answer={completion} places={known.places} onRows={onRows} />}
          </AnswerView>
        )}
      </AnswerView>
    </section>
  );
}
