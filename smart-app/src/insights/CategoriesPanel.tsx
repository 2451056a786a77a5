/** A metric by its own categories, each with its interval and its rows; those with nobody to count are left out. */

import type { MetricAnswer } from '@refloop/server/client/insights';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { ChartOrTable } from './ChartOrTable.tsx';
import { Definition } from './Definition.tsx';
import { DotRows } from './DotRows.tsx';
import { sizeOf } from './figures.ts';
import { metricPath } from './filter.ts';
import styles from './Insights.module.css';
import { MetricTable } from './MetricTable.tsx';
import type { ViewProps } from './views.ts';

type Props = Pick<ViewProps, 'api' | 'onFail' | 'filter' | 'onRows'> & {
  id: string;
  title: string;
  /** What each value is a share of. */
  caption: string;
  /** Where nobody can be counted. */
  empty: string;
};

export function CategoriesPanel({ api, onFail, filter, onRows, id, title, caption, empty }: Props) {
  const [answer, retry] = useAnswer<MetricAnswer>(api, metricPath(id, filter, undefined), onFail);
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby={`categories-${id}`}>
      <h2 id={`categories-${id}`}>{title}</h2>
      <AnswerView answer={answer} onRetry={retry}>
        {(bands) => {
          const rows = bands.rows.filter((row) => sizeOf(row) > 0);
          return (
            <>
              {rows.length === 0 ? (
                <p className="caption">{empty}</p>
              ) : (
                <ChartOrTable
                  caption={caption}
                  table={<MetricTable answer={bands} rows={rows} onRows={(row) => onRows(bands, row)} />}
                  chart={<DotRows answer={bands} rows={rows} onRows={onRows} />}
                />
              )}
              <Definition metric={bands.metric} />
            </>
          );
        }}
      </AnswerView>
    </section>
  );
}
