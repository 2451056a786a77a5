/** What is asked of the office, what it can do about it, and what was said. */
import type { Result } from '@refloop/domain/result';
import type { OfficeActName, OfficeAnswer, OfficePacketForm, OfficeRequest, OfficeView } from '@refloop/server/client/office';
import { useEffect, useRef, useState } from 'react';
import { type ApiFailure, failureText, isProblem, notDoneText } from '../session/api.ts';
import { saveFile } from '../session/save-file.ts';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import { downloadName, kindAndSize } from '../words/file-words.ts';
import { detailText, plainDate, plainTime } from '../words/plain-date.ts';
import { ActForm } from './ActForm.tsx';
import { Fact } from './Fact.tsx';
import styles from './Office.module.css';
import type { OfficeApi, OfficeNote } from './office-api.ts';
import { actName, inOrder, isAtOnce, NOTE_BECAME, nextAct, statusText } from './office-words.ts';
import { usePress } from './use-press.ts';

type Props = {
  api: OfficeApi;
  view: OfficeView;
  onChange: (view: OfficeAnswer) => void /** The hour is over. */;
  onEnd: (why: string) => void;
};

const URGENCIES: Record<OfficeView['urgency'], string> = { routine: 'Routine', urgent: 'Urgent', emergency: 'Emergency' };

const DONE: Record<OfficeRequest['act'], string> = {
  accept: 'Accepted. The practice has been told.',
  decline: 'Declined. The practice will ask somebody else.',
  ask: 'Your question is with the practice. The answer will stand here.',
  'offer-dates': 'The dates are with the practice.',
  book: 'Booked. The practice has been told.',
  'no-show': 'The practice has been told.',
  seen: 'Thank you. Your note is what is waited for now.',
  'cancel-appointment': 'The practice has been told. Book another one when there is a date.',
  'confirm-cancellation': 'Thank you. The practice has been told.',
};

type ForSystems = Exclude<OfficePacketForm, 'pdf'>;
const isForSystems = (form: OfficePacketForm): form is ForSystems => form !== 'pdf';
const FORM_NAMES: Record<ForSystems, string> = {
  ccda: 'For your record system (C-CDA)',
  fhir: 'For your record system (FHIR document)',
};
/** They end up in download folders: nothing of a patient. */
const FILE_NAMES: Record<ForSystems, string> = { ccda: 'referral.xml', fhir: 'referral.fhir.json' };

export function ReferralForOffice({ api, view, onChange, onEnd }: Props) {
  const [open, setOpen] = useState<OfficeActName>();
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const press = usePress();
  useEffect(() => heading.current?.focus(), []);

  const failed = (failure: ApiFailure, words: string) => {
    if (isProblem(failure, 'session-ended')) onEnd(failureText(failure));
    else setTold(words);
  };
  const settle = <Answer extends OfficeAnswer>(done: Result<Answer, ApiFailure>, wordsOf: (answer: Answer) => string) => {
    setBusy(false);
    if (!done.ok) {
      failed(done.refusal, notDoneText('Not done.', done.refusal));
      return;
    }
    press.done();
    setOpen(undefined);
    setTold(wordsOf(done.value));
    onChange(done.value);
  };
  const send = async (what: OfficeRequest | OfficeNote) => {
    setBusy(true);
    setTold('');
    const key = press.keyOf(what);
    if (what.act === 'note') settle(await api.note(view.opened, key, what), ({ became }) => NOTE_BECAME[became]);
    else settle(await api.act(view.opened, key, what), () => DONE[what.act]);
  };
  const choose = (act: OfficeActName) => {
    setTold('');
    if (isAtOnce(act)) void send({ act });
    else setOpen(act);
  };
  const readPacket = async (form: OfficePacketForm) => {
    const packet = await api.packet(view.opened, form);
    if (!packet.ok) {
      failed(packet.refusal, `Not opened. ${failureText(packet.refusal)}`);
      return;
    }
    if (form !== 'pdf') {
      saveFile(packet.value, FILE_NAMES[form]);
      setTold('The file was handed to the browser.');
      return;
    }
    const address = URL.createObjectURL(packet.value);
    window.open(address, '_blank', 'noopener');
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  const takeFile = async (number: number, { sha256, contentType }: OfficeView['files'][number]) => {
    const file = await api.file(view.opened, sha256);
    if (!file.ok) {
      failed(file.refusal, `Not opened. ${failureText(file.refusal)}`);
      return;
    }
    saveFile(file.value, downloadName(number, contentType));
    setTold('The file was handed to the browser.');
  };
  const isBooked = view.appointment !== null;
  const stands = { isBooked, isSeen: view.status === 'seen', isNoteHeld: view.noteHeld };
  const acts = inOrder(view.acts, stands);
  const next = nextAct(view.acts, stands);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {view.patientName}: {view.specialtyName}
      </h1>
      <dl className={styles['facts']}>
        <Fact name="For">{view.specialist}</Fact>
        <Fact name="From">{view.practice}</Fact>
        {view.phone === '' ? null : (
          <Fact name="Call back">
            <PhoneLink phone={view.phone} />
          </Fact>
        )}
        <Fact name="Urgency">{URGENCIES[view.urgency]}</Fact>
        <Fact name="Where it stands">{statusText(view)}</Fact>
        {view.appointment ? <Fact name="Appointment">{plainTime(view.appointment.startsAt)}</Fact> : null}
      </dl>
      {view.hasPacket ? (
        <>
          <button type="button" className={styles['plain']} onClick={() => void readPacket('pdf')}>
            Read the referral (PDF)
          </button>
          {view.packetForms.filter(isForSystems).map((form) => (
            <button key={form} type="button" className={styles['plain']} onClick={() => void readPacket(form)}>
              {FORM_NAMES[form]}
            </button>
          ))}
        </>
      ) : (
        <p className={styles['small']}>The practice sends the referral letter by itself.</p>
      )}
      {view.files.length === 0 ? null : (
        <section aria-label="Images and documents">
          <h2>Images and documents</h2>
          <ul className={styles['files']}>
            {view.files.map((file, index) => (
              <li key={`${file.sha256} ${file.title}`}>
                <button type="button" className={styles['plain']} onClick={() => void takeFile(index + 1, file)}>
                  {file.title}
                </button>
                <span className={styles['small']}>
                  {[file.date === '' ? '' : plainDate(file.date), kindAndSize(file), file.asPage ? 'also a page of the PDF' : '']
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <output className={styles['told']}>{told}</output>
      {open === undefined ? (
        <div className={styles['acts']}>
          {acts.map((act) => (
            <button
              key={act}
              type="button"
              className={act === next ? styles['primary'] : styles['plain']}
              disabled={busy}
              onClick={() => choose(act)}
            >
              {busy && isAtOnce(act) && act === next ? 'Sending…' : actName(act, isBooked)}
            </button>
          ))}
        </div>
      ) : (
        <ActForm
          key={open}
          act={open}
          offered={view.offered}
          noteForms={view.noteForms}
          appointment={view.appointment?.startsAt}
          busy={busy}
          onDo={(what) => void send(what)}
          onCancel={() => setOpen(undefined)}
        />
      )}
      <section aria-label="What was said and done">
        <h2>What was said and done</h2>
        <ol className={styles['thread']}>
          {view.thread.map((entry) => (
            <li key={`${entry.at} ${entry.title} ${entry.detail}`}>
              <span className={styles['small']}>
                {plainTime(entry.at)} · {entry.from === 'office' ? 'Your office' : entry.from === 'patient' ? 'The patient' : view.practice}
              </span>
              <strong>{entry.title}</strong>
              <Detail told={detailText(entry.detail, entry.times)} />
            </li>
          ))}
        </ol>
      </section>
      <p className={styles['small']}>Open until {plainTime(view.until)}. The link can be opened again after that.</p>
    </>
  );
}

const Detail = ({ told }: { told: string | null }) => (told === null ? null : <span>{told}</span>);
