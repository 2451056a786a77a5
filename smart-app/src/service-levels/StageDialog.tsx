/** The times of one stage: its deadline, and each step with whom it reaches. */
import { Button, Group, Modal, NativeSelect } from '@mantine/core';
import type { PolicyContent } from '@refloop/domain/sla/policy-content';
import type { ObligationKind } from '@refloop/domain/sla/service-levels';
import type { ServiceLevelsAnswer } from '@refloop/server/client/service-levels';
import { type FormEvent, useState } from 'react';
import versions from '../versions/Versions.module.css';
import { type Read, type Spans, spansOf, type TypedSpans, typedSpans, type Urgency } from './policy-draft.ts';
import styles from './ServiceLevels.module.css';
import { SpanFields } from './SpanFields.tsx';

export type StageId = ObligationKind | 'order';

const REACHES = ['coordinator', 'clinician', 'lead'] as const;
type Reach = (typeof REACHES)[number];
const isReach = (value: string): value is Reach => REACHES.some((reach) => reach === value);

type Step = ServiceLevelsAnswer['steps'][number];

type Props = {
  stage: StageId;
  name: string;
  /** Of this stage. */
  steps: readonly Step[];
  content: PolicyContent;
  onSave: (content: PolicyContent) => void;
  onClose: () => void;
};

type TypedStep = { after: TypedSpans; reach: Reach };

export function StageDialog({ stage, name, steps, content, onSave, onClose }: Props) {
  const [level, setLevel] = useState(() => (stage === 'order' ? undefined : typedSpans(content.levels[stage])));
  const [typedSteps, setTypedSteps] = useState<Record<string, TypedStep>>(() =>
    Object.fromEntries(
      steps.flatMap(({ rule }) => {
        const step = content.steps[rule];
        return step ? [[rule, { after: typedSpans(step.after), reach: step.reach }]] : [];
      }),
    ),
  );
  const [wrong, setWrong] = useState<{ field: string; urgency: Urgency }>();
  const wrongOf = (field: string) => (wrong?.field === field ? wrong.urgency : undefined);

  const save = (event: FormEvent) => {
    event.preventDefault();
    const read: [string, Read<Spans>][] = [
      ...(level ? [['level', spansOf(level)] satisfies [string, Read<Spans>]] : []),
      ...Object.entries(typedSteps).map(([rule, { after }]): [string, Read<Spans>] => [rule, spansOf(after)]),
    ];
    const next = { ...content, levels: { ...content.levels }, steps: { ...content.steps } };
    for (const [field, spans] of read) {
      if (!spans.ok) return setWrong({ field, urgency: spans.urgency });
      if (field === 'level' && stage !== 'order') next.levels[stage] = spans.value;
      const reach = typedSteps[field]?.reach;
      if (reach) next.steps[field] = { after: spans.value, reach };
    }
    return onSave(next);
  };

  return (
    <Modal opened onClose={onClose} size="xl" title={name} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={save} className={versions['form']} noValidate>
        {level ? <SpanFields label="Deadline" value={level} wrong={wrongOf('level')} onChange={setLevel} /> : null}
        {steps.map(({ rule, words }) => {
          const step = typedSteps[rule];
          return step ? (
            <section key={rule} aria-label={words} className={styles['step']}>
              <p>
                {words} <span className="caption">Rule {rule}</span>
              </p>
              <SpanFields
                label="After"
                value={step.after}
                wrong={wrongOf(rule)}
                onChange={(after) => setTypedSteps({ ...typedSteps, [rule]: { ...step, after } })}
              />
              <NativeSelect
                label="Reaches the"
                value={step.reach}
                data={[...REACHES]}
                onChange={(event) => {
                  const reach = event.currentTarget.value;
                  if (isReach(reach)) setTypedSteps({ ...typedSteps, [rule]: { ...step, reach } });
                }}
              />
            </section>
          ) : null;
        })}
        <Group>
          <Button type="submit">Take over</Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
        <p className="caption">Nothing is kept before you review all changes and say why.</p>
      </form>
    </Modal>
  );
}
