/**
 * A link for the patient, as a page to print: at the end of the clinician's minute, and from the worklist, where somebody lost theirs or locked
 * it. It is made with the press, and takes the place of one before.
 */
import { Button } from '@mantine/core';
import type { Language } from '@refloop/domain/patient/reading-grade';
import type { NewPatientLink } from '@refloop/server/client/patient';
import { qrPath } from '@refloop/server/client/qr-path';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import type { CenterProps } from '../center/CenterPage.tsx';
import { failureText } from '../session/api.ts';
import styles from './Handout.module.css';
import { HANDOUT_WORDS } from './handout-words.ts';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  referralId: string;
  /** Who is asked; null where nobody is. */
  performerName: string | null;
  /** Why none was made. */
  onNotice: (words: string) => void;
  onMade?: () => void;
};

export function Handout({ api, onFail, referralId, performerName, onNotice, onMade }: Props) {
  const [made, setMade] = useState<NewPatientLink>();
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    onNotice('');
    const answered = await api.call<NewPatientLink>(`/worklist/referrals/${encodeURIComponent(referralId)}/patient-link`, {
      method: 'POST',
    });
    setBusy(false);
    if (answered.ok) {
      setMade(answered.value);
      onMade?.();
    } else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else onNotice(`No handout was made. ${failureText(answered.refusal)}`);
  };
  return (
    <>
      <Button variant="default" loading={busy} onClick={() => void make()}>
        Handout for the patient
      </Button>
      {made ? <Paper made={made} performerName={performerName} onClose={() => setMade(undefined)} /> : null}
    </>
  );
}

type PaperProps = { made: NewPatientLink; performerName: string | null; onClose: () => void };

/** A dialog of the browser: it keeps the focus, and it alone is printed. */
function Paper({ made, performerName, onClose }: PaperProps) {
  const [language, setLanguage] = useState<Language>(made.language);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const words = HANDOUT_WORDS[language];
  const address = `${location.origin}/patient#${made.link}`;
  const { path, size } = qrPath(address);
  const close = () => dialog.current?.close();
  return createPortal(
    <dialog ref={dialog} className={styles['paper']} aria-label="Handout for the patient" onClose={onClose}>
      <div className={styles['buttons']}>
        <Button onClick={() => window.print()}>Print</Button>
        <Button variant="default" onClick={() => setLanguage(language === 'en' ? 'es' : 'en')}>
          {language === 'en' ? 'In Spanish' : 'In English'}
        </Button>
        <Button variant="default" onClick={close}>
          Close
        </Button>
      </div>
      <article lang={language} className={styles['sheet']}>
        <p className={styles['practice']}>{[made.practice, made.phone].filter(Boolean).join(' · ')}</p>
        <h1>{words.title}</h1>
        <p className={styles['emergency']}>{words.emergency}</p>
        {made.forProxies === null ? null : <p>{words.forWhom(made.forProxies)}</p>}
        {made.withheld ? (
          <p>{words.withheld}</p>
        ) : performerName === null ? null : (
          <p>
            {words.see} <strong>{performerName}</strong>
          </p>
        )}
        <ol>
          {(made.withheld ? words.stepsWithheld : words.steps).map((step, place) => (
            <li key={step}>
              {made.forProxies !== null && place === 1 ? words.bornOfPatient : step}
              {made.asksPhone && place === 1 ? ` ${words.phone}` : null}
            </li>
          ))}
        </ol>
        <svg className={styles['code']} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={words.scan} shapeRendering="crispEdges">
          <rect width={size} height={size} className={styles['light']} />
          <path d={path} className={styles['dark']} />
        </svg>
        <p>
          {words.link} <span className={styles['address']}>{address}</span>
        </p>
        <p>{words.keep}</p>
      </article>
    </dialog>,
    document.body,
  );
}
