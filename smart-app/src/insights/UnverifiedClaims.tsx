/** Figures in circulation that are not verified: one closed table, never a line beside a number. */
import type { ClaimsAnswer } from '@refloop/server/client/losses';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { WordTable } from '../ui/WordTable.tsx';
import styles from './Insights.module.css';
import type { ViewProps } from './views.ts';

export function UnverifiedClaims({ api, onFail }: Pick<ViewProps, 'api' | 'onFail'>) {
  const [opened, setOpened] = useState(false);
  const [answer, retry] = useAnswer<ClaimsAnswer>(api, opened ? '/insights/claims' : undefined, onFail);
  return (
    <details
      className={`${styles['definition']} ${styles['wide']}`}
      onToggle={(event) => setOpened((before) => before || event.currentTarget.open)}
    >
      <summary>Figures you may have been told, and why they are not drawn here</summary>
      {opened ? (
        <AnswerView answer={answer} onRetry={retry}>
          {({ claims }) => (
            <WordTable label="Unverified figures" headings={['What is said', 'By whom', 'What is wrong with it', 'Look at instead']}>
              {claims.map(({ claim, saidBy, problem, instead }) => (
                <tr key={claim}>
                  <th scope="row">{claim}</th>
                  <td>{saidBy}</td>
                  <td>{problem}</td>
                  <td>{instead}</td>
                </tr>
              ))}
            </WordTable>
          )}
        </AnswerView>
      ) : null}
    </details>
  );
}
