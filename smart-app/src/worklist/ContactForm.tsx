/** What the patient told of how they are reached. Sent with a key of its own, so that the same press twice does it once. */
import { TextInput } from '@mantine/core';
import { type PatientContactView, PREFERRED_WAYS, type TellContact } from '@refloop/server/client/patient-contact';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { type ApiFailure, isProblem, notDoneText } from '../session/api.ts';
import { useEscape } from '../ui/use-escape.ts';
import styles from './Contact.module.css';
import { Choice, Wanted } from './ContactFields.tsx';
import { isEndedByPatient, LANGUAGE_NAMES, preferredNames, TOLD_NAMES, whereSent } from './contact-words.ts';
import { RecordButtons } from './RecordButtons.tsx';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  path: string;
  contact: PatientContactView;
  onDone: () => void;
  /** Something came between: it is to be read again. */
  onChanged: () => void;
  onClose: () => void;
};

type Filled = Omit<TellContact, 'key' | 'mark'>;

const CHANNEL_FIELDS = ['text.to', 'text.wanted', 'email.to', 'email.wanted'] as const;
type FieldName = (typeof CHANNEL_FIELDS)[number];

const startOf = ({ preferred, language, text, email }: PatientContactView): Filled => ({
  how: 'telephone',
  note: '',
  preferred,
  language,
  text: { to: text.to ?? '', wanted: null },
  email: { to: email.to ?? '', wanted: null },
});

/** Which fields were refused, and what to do about each. */
function refusedFields(failure: ApiFailure): Partial<Record<FieldName, string>> {
  const errors = failure.kind === 'problem' ? (failure.problem.errors ?? []) : [];
  return Object.fromEntries(
    errors.flatMap(({ field, message, fix }) => {
      const name = CHANNEL_FIELDS.find((each) => each === field);
      return name ? [[name, fix === undefined ? `${message}.` : `${message}. ${fix}`]] : [];
    }),
  );
}

export function ContactForm({ api, onFail, path, contact, onDone, onChanged, onClose }: Props) {
  const [filled, setFilled] = useState<Filled>(() => startOf(contact));
  const [wrong, setWrong] = useState<Partial<Record<FieldName, string>>>({});
  const [refused, setRefused] = useState('');
  const [sending, setSending] = useState(false);
  // Of what was on screen when the form was opened; brought up to date only with what a person was told.
  const [mark, setMark] = useState(contact.mark);
  const pressed = useRef<TellContact>(undefined);
  const form = useRef<HTMLFormElement>(null);
  useEscape(form, onClose);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('select')?.focus();
  }, []);
  const fill = (more: Partial<Filled>) => {
    pressed.current = undefined;
    setFilled({ ...filled, ...more });
  };

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (sending) return;
    setSending(true);
    // What nobody answered is sent again as it was, under its key: it may be on record already.
    pressed.current ??= { key: crypto.randomUUID(), mark, ...filled };
    const answered = await api.call<PatientContactView>(path, { method: 'PUT', body: pressed.current });
    setSending(false);
    if (answered.ok) return onDone();
    const { refusal } = answered;
    if (refusal.kind === 'session-ended') return onFail(refusal);
    const fields = refusedFields(refusal);
    setWrong(fields);
    setRefused(Object.keys(fields).length > 0 ? 'Nothing was put on record.' : notDoneText('Not put on record.', refusal));
    if (refusal.kind === 'unreachable') return undefined;
    pressed.current = undefined;
    if (isProblem(refusal, 'conflict')) onChanged();
    return undefined;
  };
  const changed = contact.mark !== mark;
  const { preferred, language, how, note, text, email } = filled;

  return (
    <form ref={form} className={styles['form']} aria-label="What the patient told" onSubmit={(event) => void send(event)}>
      <Choice label="They told it" value={how} names={TOLD_NAMES} onChange={(value) => fill({ how: value })} />
      <Choice
        label="How they want to be reached"
        value={preferred}
        names={preferredNames(contact)}
        order={PREFERRED_WAYS}
        onChange={(value) => fill({ preferred: value })}
      />
      <Choice label="Language" value={language} names={LANGUAGE_NAMES} onChange={(value) => fill({ language: value })} />
      <TextInput
        label="Number for texts"
        type="tel"
        value={text.to}
        error={wrong['text.to']}
        maxLength={40}
        onChange={(event) => fill({ text: { ...text, to: event.currentTarget.value } })}
      />
      <Wanted
        label="Texts about their visits"
        isEnded={isEndedByPatient(contact.text)}
        value={text.wanted}
        error={wrong['text.wanted']}
        onChange={(wanted) => fill({ text: { ...text, wanted } })}
      />
      {contact.sends.includes('email') || preferred === 'email' || email.to !== '' || contact.email.to !== null ? (
        <>
          <TextInput
            label="Address for e-mails"
            type="text"
            inputMode="email"
            value={email.to}
            error={wrong['email.to']}
            maxLength={254}
            onChange={(event) => fill({ email: { ...email, to: event.currentTarget.value } })}
          />
          <Wanted
            label={whereSent('E-mails about their visits', 'email', contact)}
            isEnded={isEndedByPatient(contact.email)}
            value={email.wanted}
            error={wrong['email.wanted']}
            onChange={(wanted) => fill({ email: { ...email, wanted } })}
          />
        </>
      ) : null}
      <TextInput
        label="Note"
        description="Such as when they can be called. It stays with the patient, for all their referrals."
        value={note}
        maxLength={500}
        onChange={(event) => fill({ note: event.currentTarget.value })}
      />
      <RecordButtons
        refused={refused}
        sending={sending}
        changed={changed ? 'This changed while the form was open. How it is now stands above.' : undefined}
        onLook={() => setMark(contact.mark)}
        onClose={onClose}
      />
    </form>
  );
}
