/** Before a new version comes into force: what changes, what it reaches, and why. The same for service levels and for the configuration. */
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useEffectEvent, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { type ApiFailure, failureText } from '../session/api.ts';
import styles from './Versions.module.css';

type Change = { field: string; what: string; before: string | null; after: string | null };

type Props<Preview, Answer> = Pick<CenterProps, 'api' | 'onFail'> & {
  /** Of what is kept in versions, such as `/service-levels`. */
  path: string;
  /** The version that was changed. */
  base: number;
  /** As it is sent. */
  content: unknown;
  /** What the reason begins with; empty where nobody knows it yet. */
  because?: string;
  /** What it reaches, in words. */
  reach: (preview: Preview) => string;
  /** What stands for a value that is not given: "none". */
  noValue?: string;
  onKept: (answer: Answer) => void;
  onClose: () => void;
};

type Refusal = Exclude<ApiFailure, { kind: 'session-ended' }>;

export function ReviewDialog<Preview extends { changes: Change[] }, Answer>(props: Props<Preview, Answer>) {
  const { api, onFail, path, base, content, because = '', reach, noValue, onKept, onClose } = props;
  const [preview, setPreview] = useState<Preview>();
  const [refused, setRefused] = useState<Refusal>();
  const [reason, setReason] = useState(because);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const refuse = useEffectEvent((refusal: ApiFailure) => {
    if (refusal.kind === 'session-ended') onFail(refusal);
    else setRefused(refusal);
  });
  useEffect(() => {
    let shown = true;
    void api.call<Preview>(`${path}/preview`, { method: 'POST', body: { base, content } }).then((answered) => {
      if (!shown) return;
      if (answered.ok) setPreview(answered.value);
      else refuse(answered.refusal);
    });
    return () => {
      shown = false;
    };
  }, [api, path, base, content]);

  const keep = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(reason.trim().length < 3);
    if (reason.trim().length < 3) return;
    setBusy(true);
    const answered = await api.call<Answer>(path, { method: 'POST', body: { base, content, reason: reason.trim() } });
    setBusy(false);
    if (answered.ok) onKept(answered.value);
    else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setRefused(answered.refusal);
  };

  return (
    <Modal opened onClose={onClose} size="lg" title="Review the changes" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={(event) => void keep(event)} className={styles['form']} noValidate>
        {preview === undefined && refused === undefined ? <p>Looking through what is open…</p> : null}
        {preview ? (
          <>
            <ul aria-label="Changes" className={styles['changes']}>
              {preview.changes.map(({ field, what, before, after }, at) => (
                <li key={`${field} ${at}`}>
                  <strong>{what}</strong>: {before ?? noValue ?? 'none'} → {after ?? noValue ?? 'taken out'}
                </li>
              ))}
            </ul>
            <p>{preview.changes.length === 0 ? 'Nothing is another than in the version in force.' : reach(preview)}</p>
          </>
        ) : null}
        {refused ? <Refused refusal={refused} /> : null}
        {preview && preview.changes.length > 0 ? (
          <TextInput
            data-autofocus
            label="Why"
            value={reason}
            error={missing ? 'Say in a few words why.' : undefined}
            maxLength={500}
            onChange={(event) => {
              setReason(event.currentTarget.value);
              setMissing(false);
            }}
          />
        ) : null}
        <Group>
          {preview && preview.changes.length > 0 ? (
            <Button type="submit" loading={busy}>
              Put in force
            </Button>
          ) : null}
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function Refused({ refusal }: { refusal: Refusal }) {
  const errors = refusal.kind === 'problem' ? (refusal.problem.errors ?? []) : [];
  return (
    <div role="alert" className={styles['refused']}>
      <p>{errors.length === 0 || refusal.kind !== 'problem' ? failureText(refusal) : refusal.problem.detail}</p>
      {errors.length > 0 ? (
        <ul>
          {errors.map(({ field, message, fix }, at) => (
            <li key={`${field} ${at}`}>
              <code>{field}</code>: {message} {fix}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
