/** How the patient of a referral is reached, and a form for what they tell on the telephone or in person. */
import { Button } from '@mantine/core';
import type { ChangeProxies, PatientContactView, ProxyView } from '@refloop/server/client/patient-contact';
import { useEffect, useRef, useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { notDoneText } from '../session/api.ts';
import { laterParts } from '../ui/later-parts.tsx';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import { plainTime } from '../words/plain-date.ts';
import styles from './Contact.module.css';
import { ContactForm } from './ContactForm.tsx';
import { consentWords, LANGUAGE_NAMES, leavesWords, PROXY_NAMES, preferredNames, proxyWords, TOLD_NAMES } from './contact-words.ts';
import { ProxyForm } from './ProxyForm.tsx';

/** Not loaded before a thread is opened. */
const { part } = laterParts(() => import('../handout/Handout.tsx'));
const Handout = part((file) => file.Handout);

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  referralId: string;
  /** Who is asked; null where nobody is. */
  performerName: string | null;
  /** Of the last event that changes what people decide on: a word of the patient is one. */
  sequence: number;
  now: () => Date;
  /** Something was put on record. */
  onChanged: () => void;
};

export function ContactPanel({ api, onFail, referralId, performerName, sequence, now, onChanged }: Props) {
  const path = `/worklist/referrals/${encodeURIComponent(referralId)}/patient-contact`;
  const [answer, refresh] = useAnswer<PatientContactView>(api, path, onFail);
  const readAt = useRef(sequence);
  useEffect(() => {
    if (readAt.current !== sequence) refresh();
    readAt.current = sequence;
  }, [sequence, refresh]);
  return (
    <section className={styles['contact']} aria-label="How the patient is reached">
      <h3>How the patient is reached</h3>
      <AnswerView answer={answer} onRetry={refresh}>
        {(contact) => (
          <Shown
            api={api}
            onFail={onFail}
            path={path}
            referralId={referralId}
            performerName={performerName}
            contact={contact}
            now={now}
            onTold={() => {
              refresh();
              onChanged();
            }}
            onRefresh={refresh}
            onMade={onChanged}
          />
        )}
      </AnswerView>
    </section>
  );
}

type ShownProps = Pick<Props, 'api' | 'onFail' | 'now' | 'referralId' | 'performerName'> & {
  path: string;
  contact: PatientContactView;
  onTold: () => void;
  onRefresh: () => void;
  /** A new link takes the place of those before. */
  onMade: () => void;
};

function Shown({ contact, now, referralId, performerName, onTold, onRefresh, onMade, ...asked }: ShownProps) {
  const [open, setOpen] = useState<'told' | 'proxy'>();
  const [notice, setNotice] = useState('');
  const button = useRef<HTMLButtonElement>(null);
  const close = (told: string) => {
    setOpen(undefined);
    setNotice(told);
  };
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && open === undefined) button.current?.focus();
    wasOpen.current = open !== undefined;
  }, [open]);
  const form = {
    ...asked,
    contact,
    onDone: () => {
      close('On record.');
      onTold();
    },
    onChanged: onRefresh,
    onClose: () => close(''),
  };
  const takeAway = async ({ id, name }: ProxyView) => {
    const { api, onFail, path } = asked;
    setNotice('');
    const body: ChangeProxies = { key: crypto.randomUUID(), mark: contact.mark, what: { act: 'take-away', id } };
    const answered = await api.call<PatientContactView>(`${path}/proxies`, { method: 'POST', body });
    if (answered.ok) {
      close(`${name} is on record no more. No link from before opens any more: hand over a new one.`);
      onTold();
    } else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else {
      setNotice(notDoneText('Not taken away.', answered.refusal));
      onRefresh();
    }
  };
  return (
    <>
      <p>{leavesWords(contact)}</p>
      <Facts contact={contact} now={now()} onTakeAway={(proxy) => void takeAway(proxy)} />
      {open === 'told' ? <ContactForm {...form} /> : null}
      {open === 'proxy' ? <ProxyForm {...form} /> : null}
      {open === undefined ? (
        <div className={styles['row']}>
          <Button ref={button} variant="default" onClick={() => setOpen('told')}>
            Put on record what they told…
          </Button>
          <Button variant="default" onClick={() => setOpen('proxy')}>
            Somebody acts for them…
          </Button>
          <Handout {...asked} referralId={referralId} performerName={performerName} onNotice={setNotice} onMade={onMade} />
        </div>
      ) : null}
      <output className="caption">{notice}</output>
    </>
  );
}

type FactsProps = { contact: PatientContactView; now: Date; onTakeAway: (proxy: ProxyView) => void };

function Facts({ contact, now, onTakeAway }: FactsProps) {
  const { isFromChart, preferred, language, text, email, proxies, isUnderAge, told } = contact;
  return (
    <>
      <dl className={styles['facts']}>
        <dt>Prefers</dt>
        <dd>{preferredNames(contact)[preferred]}</dd>
        <dt>Language</dt>
        <dd>{LANGUAGE_NAMES[language]}</dd>
        <dt>Texts</dt>
        <dd>
          {text.to === null ? 'no number' : <PhoneLink phone={text.to} />}: {consentWords(text, now)}
        </dd>
        {email.to === null && email.consent.status === 'unknown' ? null : (
          <>
            <dt>E-mails</dt>
            <dd>
              {email.to ?? 'no address'}: {consentWords(email, now)}
            </dd>
          </>
        )}
        {proxies.map((proxy) => (
          <Proxy key={proxy.id} proxy={proxy} words={proxyWords(proxy, isUnderAge, now)} onTakeAway={() => onTakeAway(proxy)} />
        ))}
      </dl>
      <p className="caption">
        {isFromChart ? 'As the chart had it when the referral was approved.' : null}
        {told
          ? `Told to ${told.to} ${TOLD_NAMES[told.how]}, ${plainTime(told.at, now)}.${told.note === '' ? '' : ` “${told.note}”`}`
          : null}
      </p>
    </>
  );
}

type ProxyProps = { proxy: ProxyView; words: string[]; onTakeAway: () => void };

const Proxy = ({ proxy: { side, name }, words, onTakeAway }: ProxyProps) => (
  <>
    <dt>{PROXY_NAMES[side]}</dt>
    <dd>
      {[name, ...words].join('; ')}
      <br />
      <Button variant="default" size="compact-sm" onClick={onTakeAway}>
        Take {name} off the record
      </Button>
    </dd>
  </>
);
