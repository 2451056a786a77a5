/** The states every page of the center shares: loading, failed with a way out, not allowed, read but not brought up to date. */
import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Late } from '../ui/Late.tsx';
import { plainTime } from '../words/plain-date.ts';
import type { Answer } from './answer.ts';
import styles from './CenterPage.module.css';

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
      return (
        <>
          {answer.behind === undefined ? null : <Behind at={answer.at} why={answer.behind} onRetry={onRetry} />}
          {children(answer.value, answer.at)}
        </>
      );
  }
}

/** What is below was read, and could not be read again since. */
function Behind({ at, why, onRetry }: { at: Date; why: string; onRetry: () => void }) {
  return (
    <div role="alert" className={styles['behind']}>
      <p>
        Not brought up to date since {plainTime(at.toISOString())}. {why} What is below may have changed.
      </p>
      <Button variant="default" size="compact-sm" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
