/** The lines that are shown as a file. What for is put on record; what is no longer open is left out by the server. */
import { Button, Modal, TextInput } from '@mantine/core';
import type { WorklistExportQuestion } from '@refloop/server/client/worklist';
import { type FormEvent, useState } from 'react';
import center from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import { failureText } from '../session/api.ts';
import { saveFile } from '../session/save-file.ts';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  /** Of the obligations, in the order in which they are shown. */
  ids: readonly string[];
  /** What they are shown as, such as "Overdue, Cardiology". */
  view: string;
  onClose: () => void;
};
type Stage = { kind: 'asking' } | { kind: 'making' } | { kind: 'failed'; text: string } | { kind: 'done' };

/** The server takes no longer name of a view. */
const LONGEST_VIEW = 60;
const FILE_MILLISECONDS = 60_000;

export function ExportDialog({ api, onFail, ids, view, onClose }: Props) {
  const [purpose, setPurpose] = useState('');
  const [stage, setStage] = useState<Stage>({ kind: 'asking' });
  const ready = purpose.trim().length >= 3 && stage.kind !== 'making';
  const take = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setStage({ kind: 'making' });
    const question: WorklistExportQuestion = { ids: [...ids], view: view.slice(0, LONGEST_VIEW), purpose };
    const answered = await api.file('/worklist/export', { method: 'POST', body: question, milliseconds: FILE_MILLISECONDS });
    if (answered.ok) {
      saveFile(answered.value, 'worklist.csv');
      setStage({ kind: 'done' });
    } else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setStage({ kind: 'failed', text: failureText(answered.refusal) });
  };
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': 'Close' }} title={`Export: ${view}`} size="lg">
      <form className={center['form']} onSubmit={(event) => void take(event)}>
        <p>
          The {ids.length} {ids.length === 1 ? 'line' : 'lines'} of this view in their order, with the names of the patients. Keep the file
          where patients’ data may be.
        </p>
        <TextInput
          label="What do you need the file for?"
          description="It is put on record with your name."
          value={purpose}
          maxLength={200}
          onChange={(event) => setPurpose(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit" variant="default" aria-disabled={!ready}>
          Take it as CSV
        </Button>
        {stage.kind === 'making' ? <output>Making the file…</output> : null}
        {stage.kind === 'failed' ? <p role="alert">The file could not be made. {stage.text}</p> : null}
        {stage.kind === 'done' ? (
          <output>The file was handed to the browser. If no download began, this EHR’s frame does not allow it.</output>
        ) : null}
        {ready || stage.kind !== 'asking' ? null : <p className="caption">Say in a few words what for.</p>}
      </form>
    </Modal>
  );
}
