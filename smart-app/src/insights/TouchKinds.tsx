/** What the touches of staff were for: each kind of work, how often, and how often a referral. */
import type { MetricAnswer } from '@refloop/server/client/insights';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { DataTable } from './DataTable.tsx';
import { countText } from './figures.ts';
import { metricPath } from './filter.ts';
import styles from './Insights.module.css';
import { touchKindsOf } from './touch-kinds.ts';
import type { ViewProps } from './views.ts';

export function TouchKinds({ api, onFail, filter }: Pick<ViewProps, 'api' | 'onFail' | 'filter'>) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath('staff_touches', filter, undefined), onFail);
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="touch-kinds">
      <h2 id="touch-kinds">What the touches were for</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(touches) => {
          const kinds = touchKindsOf(touches);
          if (kinds.length === 0) return <p className="caption">No touch of a closed referral is on record.</p>;
          return (
            <DataTable label="What the touches were for, table" columns={['Work', 'Touches', 'A referral']}>
              {kinds.map(({ name, touches: count, perReferral }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{countText(count)}</td>
                  <td>{perReferral.toFixed(2)}</td>
                </tr>
              ))}
            </DataTable>
          );
        }}
      </AnswerView>
    </section>
  );
}
