/** The numbers of a view as a file. What for is put on record; cells of fewer than 11 are left out by the server. */
import { Button, Modal, TextInput } from '@mantine/core';
import { EXPORT_FORMATS, type ExportFormat, type ExportQuestion } from '@refloop/server/client/insights';
import { useState } from 'react';
import center from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import { failureText } from '../session/api.ts';
import { saveFile } from '../session/save-file.ts';
import { type Filter, questionOf } from './filter.ts';
import styles from './Insights.module.css';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  /** The view's name, in the file's title. */
  name: string;
  metrics: readonly string[];
  filter: Filter;
  onClose: () => void;
};
type Stage = { kind: 'asking' } | { kind: 'making' } | { kind: 'failed'; text: string } | { kind: 'done' };

const WORDS: Record<ExportFormat, string> = { csv: 'CSV', parquet: 'Parquet', pdf: 'PDF' };
/** The most that one file holds. */
const MOST_METRICS = 20;
const FILE_MILLISECONDS = 60_000;

export function ExportDialog({ api, onFail, name, metrics, filter, onClose }: Props) {
  const [purpose, setPurpose] = useState('');
  const [stage, setStage] = useState<Stage>({ kind: 'asking' });
  const ready = purpose.trim().length >= 3 && stage.kind !== 'making';
  const take = async (format: ExportFormat) => {
    setStage({ kind: 'making' });
    const question: ExportQuestion = {
      title: name,
      metrics: metrics.slice(0, MOST_METRICS),
      by: filter.by,
      filter: questionOf(filter),
      purpose,
    };
    const answered = await api.file(`/insights/exports/${format}`, { method: 'POST', body: question, milliseconds: FILE_MILLISECONDS });
    if (answered.ok) {
      saveFile(answered.value, `referrals.${format}`);
      setStage({ kind: 'done' });
    } else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setStage({ kind: 'failed', text: failureText(answered.refusal) });
  };
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': 'Close' }} title={`Export: ${name}`} size="lg">
      <div className={center['form']}>
        <p>
          The {metrics.length} numbers of this view by {filter.by}, with n, interval and definition. Cells of fewer than 11 referrals are
          not told. A chart alone is saved as a picture beside it.
        </p>
        <TextInput
          label="What do you need the file for?"
          description="It is put on record with your name."
          value={purpose}
          maxLength={200}
          onChange={(event) => setPurpose(event.currentTarget.value)}
          data-autofocus
        />
        <fieldset className={styles['parts']}>
          <legend className="caption">Take it as</legend>
          {EXPORT_FORMATS.map((format) => (
            <Button key={format} variant="default" aria-disabled={!ready} onClick={() => (ready ? void take(format) : undefined)}>
              {WORDS[format]}
            </Button>
          ))}
        </fieldset>
        {stage.kind === 'making' ? <output>Making the file…</output> : null}
        {stage.kind === 'failed' ? <p role="alert">The file could not be made. {stage.text}</p> : null}
        {stage.kind === 'done' ? (
          <output>The file was handed to the browser. If no download began, this EHR’s frame does not allow it.</output>
        ) : null}
        {ready || stage.kind !== 'asking' ? null : <p className="caption">Say in a few words what for; then choose the kind of file.</p>}
      </div>
    </Modal>
  );
}
