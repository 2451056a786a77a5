/** A link for the specialist's office: made here, shown once, and handed over by whatever way the office is reached. */
import { Button } from '@mantine/core';
import type { NewLink } from '@refloop/server/client/office';
import type { Thread } from '@refloop/server/client/thread';
import { useEffect, useRef, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { failureText, isProblem, notDoneText } from '../session/api.ts';
import { copyText } from '../ui/copy-text.ts';
import { plainTime } from '../words/plain-date.ts';
import styles from './Thread.module.css';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  thread: Thread;
  /** A link then comes with the packet, and is made there. */
  hasPacket: boolean;
  onChanged: () => void;
};

/** As long as somebody there may still answer: a link to what is over would open nothing to do. */
const LINKED = ['in-chart', 'sent', 'received', 'accepted', 'scheduled', 'no-show', 'seen'];

/** A link is shown once and to nobody else: of one that was made and did not arrive here, a new one takes the place. */
const PERHAPS_MADE =
  'Refloop’s server does not answer. Whether a link was made is not known; one that was stands in this thread, and a new one takes its place.';

export function OfficeLink({ api, onFail, thread, hasPacket, onChanged }: Props) {
  const [made, setMade] = useState<NewLink>();
  const [told, setTold] = useState('');
  const [busy, setBusy] = useState(false);
  const shown = useRef<HTMLElement>(null);
  useEffect(() => {
    if (made) shown.current?.focus();
  }, [made]);
  const mayMake = !hasPacket && LINKED.includes(thread.status);
  if (!mayMake && !thread.linked && made === undefined) return null;
  const make = async () => {
    setBusy(true);
    setTold('');
    const path = `/worklist/referrals/${encodeURIComponent(thread.referralId)}/link`;
    const answered = await api.call<NewLink>(path, { method: 'POST', body: { sequence: thread.sequence } });
    setBusy(false);
    if (answered.ok) {
      setMade(answered.value);
      onChanged();
      return;
    }
    if (answered.refusal.kind === 'session-ended') {
      onFail(answered.refusal);
      return;
    }
    setTold(answered.refusal.kind === 'unreachable' ? PERHAPS_MADE : `No link was made. ${failureText(answered.refusal)}`);
    if (answered.refusal.kind === 'unreachable' || isProblem(answered.refusal, 'conflict')) onChanged();
  };
  const takeBack = async () => {
    setBusy(true);
    setTold('');
    const path = `/worklist/referrals/${encodeURIComponent(thread.referralId)}/link/close`;
    const answered = await api.call<Thread>(path, { method: 'POST' });
    setBusy(false);
    if (!answered.ok && answered.refusal.kind === 'session-ended') {
      onFail(answered.refusal);
      return;
    }
    setTold(answered.ok ? 'Taken back. It opens nothing any more.' : notDoneText('The link was not taken back.', answered.refusal));
    onChanged();
  };
  if (made) {
    const address = `${location.origin}/office#${made.link}`;
    return (
      <section ref={shown} tabIndex={-1} className={styles['link']} aria-label="Link for the office">
        <strong>Link for the office of {made.specialist}</strong>
        <p className={styles['address']}>{address}</p>
        <p className="caption">
          It is shown this once, and any made before it opens nothing any more. It opens with the specialist’s NPI, five tries and no more,
          until {plainTime(made.expiresAt)}, and reaches this referral alone. It is on record as sent.
        </p>
        <div className={styles['buttons']}>
          <Button
            variant="default"
            onClick={() =>
              void copyText(address).then((copied) =>
                setTold(copied ? 'Copied.' : 'It could not be copied. Select it and copy it yourself.'),
              )
            }
          >
            Copy
          </Button>
          <Button variant="default" onClick={() => setMade(undefined)}>
            Done
          </Button>
        </div>
        <output className="caption">{told}</output>
      </section>
    );
  }
  return (
    <div className={styles['buttons']}>
      {mayMake ? (
        <Button variant="default" loading={busy} onClick={() => void make()}>
          {thread.status === 'in-chart' ? 'Send by a link' : 'Make another link'}
        </Button>
      ) : null}
      {thread.linked ? (
        <Button variant="default" disabled={busy} onClick={() => void takeBack()}>
          Take the link back
        </Button>
      ) : null}
      <output className="caption">{told}</output>
    </div>
  );
}
