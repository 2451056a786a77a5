/** Figures in circulation that are not verified: one closed table, never a line beside a number. */
import type { ClaimsAnswer } from '@refloop/server/client/losses';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import center from '../center/CenterPage.module.css';
import { useAnswer } from '../center/use-answer.ts';
import styles from './Insights.module.css';
import { Scroller } from './Scroller.tsx';
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
            <Scroller label="Unverified figures">
              <table className={center['table']}>
                <thead>
                  <tr>
                    <th scope="col">What is said</th>
                    <th scope="col">By whom</th>
                    <th scope="col">What is wrong with it</th>
                    <th scope="col">Look at instead</th>
                  </tr>
                </thead>
                <tbody>
                  {claims.map(({ claim, saidBy, problem, instead }) => (
                    <tr key={claim}>
                      <th scope="row">{claim}</th>
                      <td>{saidBy}</td>
                      <td>{problem}</td>
                      <td>{instead}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroller>
          )}
        </AnswerView>
      ) : null}
    </details>
  );
}
