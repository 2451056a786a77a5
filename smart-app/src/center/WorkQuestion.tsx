/** One question to a clinician, after a note was reviewed and once in four weeks at most: answered with one press, or left alone. */
import { Button } from '@mantine/core';
import type { WorkAnswer } from '@refloop/server/client/work';
import { useId } from 'react';
import styles from './WorkQuestion.module.css';

export type Score = WorkAnswer['score'];

/** From hard to easy, as one reads. */
const SCORES: readonly { score: Score; name: string }[] = [
  { score: 1, name: 'Very hard' },
  { score: 2, name: 'Hard' },
  { score: 3, name: 'Neither' },
  { score: 4, name: 'Easy' },
  { score: 5, name: 'Very easy' },
];

type Props = { isAnswering: boolean; onAnswer: (score: Score) => void; onLater: () => void };

export function WorkQuestion({ isAnswering, onAnswer, onLater }: Props) {
  const id = useId();
  return (
    <section className={styles['question']} aria-labelledby={id}>
      <h2 id={id}>How easy is it for you to refer with Refloop?</h2>
      <div className={styles['answers']}>
        {SCORES.map(({ score, name }) => (
          <Button key={score} size="compact-sm" variant="default" disabled={isAnswering} onClick={() => onAnswer(score)}>
            {name}
          </Button>
        ))}
        <Button size="compact-sm" variant="subtle" onClick={onLater}>
          Not now
        </Button>
      </div>
      <p className="caption">
        Asked every four weeks at most. Insights counts answers together, of ten clinicians or more, and tells nobody who answered.
      </p>
    </section>
  );
}
