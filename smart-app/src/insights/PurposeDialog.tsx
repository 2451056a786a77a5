/** Rows of persons are asked for with a purpose, which is put on record; then the parts there are, one at a time. */
import { Button, Modal, TextInput } from '@mantine/core';
import type { Result } from '@refloop/domain/result';
import { type ReactNode, useState } from 'react';
import center from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import { type ApiFailure, failureText } from '../session/api.ts';
import { countText } from './figures.ts';
import styles from './Insights.module.css';

type Props<Part extends string, Rows> = Pick<CenterProps, 'onFail'> & {
  title: string;
  /** Which there are, in this order. */
  parts: readonly { part: Part; label: string }[];
  ask: (part: Part, purpose: string) => Promise<Result<Rows, ApiFailure>>;
  children: (rows: Rows, part: Part) => ReactNode;
  onClose: () => void;
};

type Shown<Part, Rows> =
  | { kind: 'asking' }
  | { kind: 'loading' }
  | { kind: 'failed'; text: string }
  | { kind: 'ready'; part: Part; rows: Rows };

export function PurposeDialog<Part extends string, Rows>({ title, parts, ask, onFail, children, onClose }: Props<Part, Rows>) {
  const [purpose, setPurpose] = useState('');
  const [shown, setShown] = useState<Shown<Part, Rows>>({ kind: 'asking' });
  const show = async (part: Part) => {
    setShown({ kind: 'loading' });
    const answered = await ask(part, purpose);
    if (answered.ok) setShown({ kind: 'ready', part, rows: answered.value });
    else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setShown({ kind: 'failed', text: failureText(answered.refusal) });
  };
  const ready = purpose.trim().length >= 3;
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': 'Close' }} title={title} size="xl">
      <div className={center['form']}>
        <TextInput
          label="What do you need the rows for?"
          description="It is put on record with your name. Patients are not named here: open the chart for that."
          value={purpose}
          maxLength={200}
          onChange={(event) => setPurpose(event.currentTarget.value)}
          data-autofocus
        />
        <fieldset className={styles['parts']}>
          <legend className="caption">Show</legend>
          {parts.map(({ part, label }) => (
            <Button
              key={part}
              variant="default"
              aria-pressed={shown.kind === 'ready' && shown.part === part}
              aria-disabled={!ready}
              onClick={() => (ready ? void show(part) : undefined)}
            >
              {label}
            </Button>
          ))}
        </fieldset>
        {ready ? null : <p className="caption">Say in a few words what for; then choose which rows.</p>}
        {shown.kind === 'loading' ? <output>Loading the rows…</output> : null}
        {shown.kind === 'failed' ? <p role="alert">{shown.text}</p> : null}
        {shown.kind === 'ready' ? children(shown.rows, shown.part) : null}
      </div>
    </Modal>
  );
}

/** How many of how many are shown. @param order in which the first are chosen, as the end of a sentence */
export const ShownOf = ({ shown, total, order = '' }: { shown: number; total: number; order?: string }) => (
  <output className="caption num">
    {shown < total ? `The first ${countText(shown)} of ${countText(total)}${order}.` : `${countText(total)} in all.`}
  </output>
);
