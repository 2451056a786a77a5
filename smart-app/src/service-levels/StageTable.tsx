/** Every stage with what begins it, whose it is, how long it may take and what is done when it takes longer. */
import { Button } from '@mantine/core';
import type { PolicyContent } from '@refloop/domain/sla/policy-content';
import type { ObligationKind, Span } from '@refloop/domain/sla/service-levels';
import { spanWords } from '@refloop/domain/sla/span-words';
import type { ServiceLevelsAnswer } from '@refloop/server/client/service-levels';
import { WordTable } from '../ui/WordTable.tsx';
import { spansText, URGENCIES } from './policy-draft.ts';
import styles from './ServiceLevels.module.css';
import type { StageId } from './StageDialog.tsx';

type Props = {
  answer: ServiceLevelsAnswer;
  content: PolicyContent;
  /** Undefined where it cannot be changed. */
  onChange: ((stage: StageId) => void) | undefined;
};

const WAITS: Record<ServiceLevelsAnswer['stages'][number]['waitingOn'], string> = {
  clinician: 'Clinician',
  coordinator: 'Us',
  specialist: 'Specialist',
  patient: 'Patient',
  payer: 'Payer',
};

const OWNERS = { clinician: 'Clinician', coordinator: 'Coordinator' } as const;

export const ORDER = { kind: 'order', name: 'The order as a whole', trigger: 'The clinician approved' } as const;

/** A visit is due when it is, not at once. */
function deadlineWords(kind: ObligationKind, span: Span): string {
  const words = spanWords(span);
  return kind === 'visit' && words === 'at once' ? 'at its time' : words;
}

export function StageTable({ answer, content, onChange }: Props) {
  const { stages, steps } = answer;
  return (
    <WordTable label="Stages" headings={['Stage', 'Begins when', 'Owner', 'Waits for', 'Deadline', 'While it stays open']}>
      {[...stages, ORDER].map((stage) => {
        const own = steps.filter(({ of }) => of === stage.kind);
        if (stage.kind === 'order' && own.length === 0) return null;
        return (
          <tr key={stage.kind}>
            <th scope="row">{stage.name}</th>
            <td>{stage.trigger}</td>
            <td>{OWNERS[stage.kind === 'order' ? 'clinician' : stage.owner]}</td>
            <td>{stage.kind === 'order' ? '–' : WAITS[stage.waitingOn]}</td>
            <td>
              {stage.kind === 'order' ? (
                '–'
              ) : (
                <ul className={`${styles['plain']} ${styles['deadline']}`}>
                  {URGENCIES.map((urgency) => (
                    <li key={urgency}>
                      <span className={styles['quiet']}>{urgency}</span> {deadlineWords(stage.kind, content.levels[stage.kind][urgency])}
                    </li>
                  ))}
                </ul>
              )}
            </td>
            <td>
              <div className={styles['last']}>
                {own.length === 0 ? '–' : <Steps own={own} content={content} />}
                {onChange ? (
                  <Button size="compact-sm" variant="default" aria-label={`Change: ${stage.name}`} onClick={() => onChange(stage.kind)}>
                    Change…
                  </Button>
                ) : null}
              </div>
            </td>
          </tr>
        );
      })}
    </WordTable>
  );
}

const Steps = ({ own, content }: { own: ServiceLevelsAnswer['steps']; content: PolicyContent }) => (
  <ol className={styles['plain']}>
    {own.map(({ rule, words }) => {
      const step = content.steps[rule];
      return step ? (
        <li key={rule} title={`Rule ${rule}`}>
          {words}{' '}
          <span className={styles['quiet']}>
            {spansText(step.after)} → {step.reach}
          </span>
        </li>
      ) : null;
    })}
  </ol>
);
