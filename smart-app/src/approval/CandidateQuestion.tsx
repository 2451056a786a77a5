/** The EHR keeps no mark of ours: a person looks whether this entry is what Refloop wrote, before anything is written again. */
import { Button } from '@mantine/core';
import type { Candidate, Plan, PlanStep } from '@refloop/server/client/approval';
import { useState } from 'react';
import type { Desk } from '../refer/desk.ts';
import { plainTime } from '../words/plain-date.ts';
import styles from './CandidateQuestion.module.css';
import { judgeCandidates } from './judge-flow.ts';
import { STEP_WORDS } from './plan-words.ts';

const told = ({ filedAt, author, reference }: Candidate): string =>
  [filedAt === null ? 'time not said' : plainTime(filedAt), author ?? 'author not said', reference].join(' · ');

export function CandidateQuestion({ desk, plan, step }: { desk: Desk; plan: Plan; step: PlanStep }) {
  const [busy, setBusy] = useState(false);
  if (step.outcome.status !== 'unsure') return null;
  const word = STEP_WORDS[step.name].toLowerCase();
  const judge = (ours: Candidate | null) => {
    setBusy(true);
    void judgeCandidates(desk, plan, step.name, ours).finally(() => setBusy(false));
  };
  return (
    <section className={styles['question']} aria-labelledby={`candidates-${step.name}`}>
      <h2 id={`candidates-${step.name}`}>Is the {word} in the chart already?</h2>
      <p>
        The answer to writing it was lost, and this EHR keeps no mark of Refloop’s. Look in the chart, then say whether one of these is it.
        Until then nothing is written again.
      </p>
      <ul>
        {step.outcome.candidates.map((candidate) => (
          <li key={candidate.reference}>
            <span className="num">{told(candidate)}</span>
            <Button size="xs" variant="default" disabled={busy} onClick={() => judge(candidate)}>
              This is it
            </Button>
          </li>
        ))}
      </ul>
      <Button size="xs" variant="default" disabled={busy} onClick={() => judge(null)}>
        None of these: write the {word}
      </Button>
    </section>
  );
}
