/** The states every page of the center shares: loading, failed with a way out, not allowed. */
import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Late } from '../ui/Late.tsx';
import styles from './CenterPage.module.css';
import type { Answer } from './use-answer.ts';

type Props<Value> = { answer: Answer<Value>; onRetry: () => void; children: (value: Value, at: Date) => ReactNode };

export function AnswerView<Value>({ answer, onRetry, children }: Props<Value>) {
  switch (answer.kind) {
    case 'loading':
      return (
        <Late>
          <output className="sr-only">Loading</output>
          {[1, 2, 3, 4].map((row) => (
            <Skeleton key={row} height={36} mb={8} />
          ))}
        </Late>
      );
    case 'failed':
      return (
        <div role="alert" className={styles['failed']}>
          <p>{answer.noPermission ? 'Your role does not open this page.' : 'This could not be loaded.'}</p>
          <p>{answer.text}</p>
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        </div>
      );
    case 'ready':
      return children(answer.value, answer.at);
  }
}
