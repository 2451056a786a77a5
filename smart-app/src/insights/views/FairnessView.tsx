/** Fairness: gaps between groups of patients, who is ordered, and what has changed since the quarter before. */
import type { DriftAnswer, FairnessAnswer } from '@refloop/server/client/fairness';
import { useState } from 'react';
import { AnswerView } from '../../center/AnswerView.tsx';
import { useAnswer } from '../../center/use-answer.ts';
import { DriftPanel } from '../DriftPanel.tsx';
import { withinQuarters } from '../drift-months.ts';
import { ExposurePanel } from '../ExposurePanel.tsx';
import { segmentText } from '../figures.ts';
import { type Filter, insightsPath } from '../filter.ts';
import { GapsPanel } from '../GapsPanel.tsx';
import { memberText } from '../gap-words.ts';
import styles from '../Insights.module.css';
import { type Behind, RowsBehind } from '../RowsDialog.tsx';
import type { ViewProps } from '../views.ts';

export default function FairnessView({ api, onFail, filter }: ViewProps) {
  const [fairness, retryFairness] = useAnswer<FairnessAnswer>(api, insightsPath('fairness', filter), onFail);
  const [drift, retryDrift] = useAnswer<DriftAnswer>(api, insightsPath('drift', filter), onFail);
  const [behind, setBehind] = useState<Behind & { filter: Filter }>();
  return (
    <div className={styles['panels']}>
      <AnswerView answer={fairness} onRetry={retryFairness}>
        {({ gaps, exposure }) => (
          <>
            <GapsPanel
              gaps={gaps}
              onRows={(gap, measure) =>
                setBehind({
                  filter,
                  title: `${measure.title}: ${memberText(gap)}`,
                  about: { metric: measure.id, segment: { [gap.grouping]: gap.member }, category: null, specialist: null },
                })
              }
            />
            <ExposurePanel exposure={exposure} />
          </>
        )}
      </AnswerView>
      <AnswerView answer={drift} onRetry={retryDrift}>
        {(found) => (
          <DriftPanel
            drift={found}
            onRows={(specialty) =>
              setBehind({
                filter: withinQuarters(filter, found.quarters),
                title: `Override rate, ${found.quarters.before} and ${found.quarters.last}: ${segmentText(specialty === null ? {} : { specialty })}`,
                about: { metric: 'override', segment: specialty === null ? {} : { specialty }, category: null, specialist: null },
              })
            }
          />
        )}
      </AnswerView>
      {behind ? <RowsBehind api={api} onFail={onFail} {...behind} onClose={() => setBehind(undefined)} /> : null}
    </div>
  );
}
