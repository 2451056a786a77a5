/** Before a new version comes into force: what changes, how many open referrals it can reach, and why. */
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { listsOf, type PolicyContent } from '@refloop/domain/sla/policy-content';
import type { PolicyPreview, ServiceLevelsAnswer } from '@refloop/server/client/service-levels';
import { type FormEvent, useEffect, useEffectEvent, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { type ApiFailure, failureText } from '../session/api.ts';
import styles from './ServiceLevels.module.css';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  /** The version that was changed. */
  base: number;
  content: PolicyContent;
  onKept: (answer: ServiceLevelsAnswer) => void;
  onClose: () => void;
};

type Refusal = Exclude<ApiFailure, { kind: 'session-ended' }>;

export function ReviewDialog({ api, onFail, base, content, onKept, onClose }: Props) {
  const [preview, setPreview] = useState<PolicyPreview>();
  const [refused, setRefused] = useState<Refusal>();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const refuse = useEffectEvent((refusal: ApiFailure) => {
    if (refusal.kind === 'session-ended') onFail(refusal);
    else setRefused(refusal);
  });
  useEffect(() => {
    let shown = true;
    void api
      .call<PolicyPreview>('/service-levels/preview', { method: 'POST', body: { base, content: listsOf(content) } })
      .then((answered) => {
        if (!shown) return;
        if (answered.ok) setPreview(answered.value);
        else refuse(answered.refusal);
      });
    return () => {
      shown = false;
    };
  }, [api, base, content]);

  const keep = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(reason.trim().length < 3);
    if (reason.trim().length < 3) return;
    setBusy(true);
    const body = { base, content: listsOf(content), reason: reason.trim() };
    const answered = await api.call<ServiceLevelsAnswer>('/service-levels', { method: 'POST', body });
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
                  <strong>{what}</strong>: {before ?? 'none'} → {after ?? 'taken out'}
                </li>
              ))}
            </ul>
            <p>{reachWords(preview)}</p>
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

function reachWords({ changes, referrals, atLeast }: PolicyPreview): string {
  if (changes.length === 0) return 'Nothing is another than in the version in force.';
  const count = `${atLeast ? 'at least ' : ''}${referrals} open ${referrals === 1 ? 'referral' : 'referrals'}`;
  return `This can reach ${count}. Each is looked at anew within minutes: its deadlines, and steps whose time has come.`;
}

function Refused({ refusal }: { refusal: Refusal }) {
  const errors = refusal.kind === 'problem' ? (refusal.problem.errors ?? []) : [];
  return (
    <div role="alert" className={styles['refused']}>
      <p>{errors.length === 0 || refusal.kind !== 'problem' ? failureText(refusal) : refusal.problem.detail}</p>
      {errors.length > 0 ? (
        <ul>
          {errors.map(({ field, message, fix }) => (
            <li key={field}>
              <code>{field}</code>: {message} {fix}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
