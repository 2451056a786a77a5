/** Whom the patient will see and why, what is booked, and what they can do about it. */
import type { Language } from '@refloop/domain/patient/reading-grade';
import type { PatientAnswer, PatientRequest, PatientView } from '@refloop/server/client/patient';
import { useEffect, useRef, useState } from 'react';
import { type ApiFailure, isProblem } from '../session/api.ts';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import { AskClinic } from './AskClinic.tsx';
import { ChooseSure, type Option, Options } from './ChooseOther.tsx';
import styles from './Patient.module.css';
import { type FormName, PatientForm } from './PatientForm.tsx';
import type { PatientApi } from './patient-api.ts';
import { type ActShown, type ChannelWords, clockTime, doneWords, notDoneWords, visitTime, WORDS, type Words } from './patient-words.ts';

type Props = {
  api: PatientApi;
  view: PatientView;
  language: Language;
  onChange: (view: PatientAnswer) => void;
  /** The hour is over. */
  onEnd: () => void;
};

type Told = (words: Words) => string;

export function ReferralForPatient({ api, view, language, onChange, onEnd }: Props) {
  const words = WORDS[language];
  const [open, setOpen] = useState<FormName>();
  const [picked, setPicked] = useState<Option>();
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<Told>();
  const heading = useRef<HTMLHeadingElement>(null);
  /** Of the press that is under way: pressed again where no answer came, it is still the same. */
  const press = useRef<{ what: string; key: string }>(undefined);
  useEffect(() => heading.current?.focus(), []);

  const failed = (failure: ApiFailure) => {
    if (isProblem(failure, 'session-ended')) onEnd();
    else setTold(() => (now: Words) => notDoneWords(failure, now));
  };
  const send = async (what: PatientRequest) => {
    const same = JSON.stringify(what);
    if (press.current?.what !== same) press.current = { what: same, key: crypto.randomUUID() };
    setBusy(true);
    setTold(undefined);
    const done = await api.act(view.opened, press.current.key, what);
    setBusy(false);
    if (!done.ok) {
      failed(done.refusal);
      return;
    }
    press.current = undefined;
    setOpen(undefined);
    setPicked(undefined);
    const toldBy = done.value.standing === 'open' ? done.value.officeToldBy : null;
    const told = (now: Words) => (what.act === 'choose' ? now.options.told : now.officeToldBy);
    setTold(() => (now: Words) => [doneWords(what, now), toldBy === null ? '' : told(now)[toldBy]].filter(Boolean).join(' '));
    if (what.act === 'choose') heading.current?.focus();
    onChange(done.value);
  };
  const specialist = view.specialists.find(({ asked }) => asked);
  const options = view.specialists.filter(({ asked }) => !asked);
  const time = (instant: string): string => visitTime(instant, language, view.timeZone);
  // Where none is booked or offered there is no other to ask for.
  const shown = (act: FormName): ActShown =>
    act === 'other-date' && !view.appointment && !view.acts.includes('book') ? 'first-date' : act;
  const forms = view.acts.filter((act) => act !== 'book' && act !== 'choose');
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {words.stages[view.stage]}
      </h1>
      <output className={styles['told']}>{told?.(words) ?? ''}</output>
      {view.appointment ? (
        <section className={styles['visit']} aria-label={words.visit}>
          <h2>{words.visit}</h2>
          <p className={styles['time']}>{time(view.appointment.startsAt)}</p>
        </section>
      ) : null}
      {specialist ? (
        <dl className={styles['facts']}>
          <Fact name={words.see}>
            {specialist.name}
            <br />
            <span className={styles['plain-words']}>{specialist.what[language]}</span>
          </Fact>
          <Fact name={words.where}>{[specialist.organization, specialist.address].filter(Boolean).join(', ')}</Fact>
          <Fact name={words.call}>{specialist.phone === '' ? '' : <PhoneLink phone={specialist.phone} />}</Fact>
          <Fact name={words.why}>
            {words.asks(view.clinician)} {words.asWritten} <q>{view.reason}</q>
          </Fact>
        </dl>
      ) : null}
      {view.withheld ? <p>{words.withheld}</p> : null}
      {picked ? (
        <ChooseSure
          option={picked}
          words={words}
          busy={busy}
          onYes={() => void send({ act: 'choose', entryId: picked.entryId })}
          onBack={() => setPicked(undefined)}
        />
      ) : open === undefined ? (
        <>
          <Dates view={view} words={words} busy={busy} time={time} onBook={(startsAt) => void send({ act: 'book', startsAt })} />
          <div className={styles['acts']}>
            {forms.map((act) => (
              <button
                key={act}
                type="button"
                className={(act === 'seen' && view.stage === 'past') || act === 'rate' ? styles['primary'] : styles['plain']}
                disabled={busy}
                onClick={() => {
                  setTold(undefined);
                  setOpen(act);
                }}
              >
                {words.acts[shown(act)]}
              </button>
            ))}
          </div>
          <Options
            options={options}
            language={language}
            words={words}
            busy={busy}
            onPick={(option) => {
              setTold(undefined);
              setPicked(option);
            }}
          />
          <Channel
            to={view.texts.number}
            wanted={view.texts.wanted}
            words={words.texts}
            busy={busy}
            onWant={(wanted) => void send({ act: 'texts', wanted })}
          />
          {view.emails === null ? null : (
            <Channel
              to={view.emails.address}
              wanted={view.emails.wanted}
              words={words.emails}
              busy={busy}
              onWant={(wanted) => void send({ act: 'emails', wanted })}
            />
          )}
        </>
      ) : (
        <PatientForm
          key={open}
          act={open}
          title={words.forms[shown(open)]}
          appointment={view.appointment?.startsAt}
          words={words}
          busy={busy}
          onDo={(what) => void send(what)}
          onBack={() => setOpen(undefined)}
        />
      )}
      <AskClinic phone={view.phone} words={words} />
      <p className={styles['small']}>{words.until(clockTime(view.until, language))}</p>
    </>
  );
}

type DatesProps = { view: PatientView; words: Words; busy: boolean; time: (instant: string) => string; onBook: (startsAt: string) => void };

function Dates({ view, words, busy, time, onBook }: DatesProps) {
  if (!view.acts.includes('book')) return view.stage === 'to-book' || view.stage === 'missed' ? <p>{words.noDates}</p> : null;
  return (
    <section aria-label={words.pick} className={styles['acts']}>
      <h2>{words.pick}</h2>
      {view.dates.map((date) => (
        <button
          key={date}
          type="button"
          className={view.appointment ? styles['plain'] : styles['primary']}
          disabled={busy}
          onClick={() => onBook(date)}
        >
          {time(date)}
        </button>
      ))}
    </section>
  );
}

type ChannelProps = {
  /** What is shown of the number or address; null where there is none. */
  to: string | null;
  wanted: boolean;
  words: ChannelWords;
  busy: boolean;
  onWant: (wanted: boolean) => void;
};

function Channel({ to, wanted, words, busy, onWant }: ChannelProps) {
  return (
    <section aria-label={words.title} className={styles['texts']}>
      <h2>{words.title}</h2>
      {to === null ? (
        <p>{words.none}</p>
      ) : (
        <>
          <p>{wanted ? words.on(to) : words.ask(to)}</p>
          <button type="button" className={styles['plain']} disabled={busy} onClick={() => onWant(!wanted)}>
            {wanted ? words.stop : words.yes}
          </button>
        </>
      )}
    </section>
  );
}

const Fact = ({ name, children }: { name: string; children: React.ReactNode }) =>
  children === '' ? null : (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
