/** Who acts for the patient, put on record. Sent with a key of its own, so that the same press twice does it once. */
import { Checkbox, TextInput } from '@mantine/core';
import { PROXY_SIDES } from '@refloop/domain/patient/proxy';
import { type ChangeProxies, type PatientContactView, PREFERRED_WAYS } from '@refloop/server/client/patient-contact';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { type ApiFailure, isProblem, notDoneText } from '../session/api.ts';
import { useEscape } from '../ui/use-escape.ts';
import styles from './Contact.module.css';
import { Choice, Wanted } from './ContactFields.tsx';
import { LANGUAGE_NAMES, PROXY_NAMES, preferredNames, whereSent } from './contact-words.ts';
import { RecordButtons } from './RecordButtons.tsx';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  path: string;
  contact: PatientContactView;
  onDone: () => void;
  /** Something came between: it is to be read again. */
  onChanged: () => void;
  onClose: () => void;
};

type Filled = Omit<Extract<ChangeProxies['what'], { act: 'put' }>, 'act'>;

const FIELDS = ['side', 'name', 'text.to', 'text.wanted', 'email.to', 'email.wanted'] as const;
type FieldName = (typeof FIELDS)[number];

const NOBODY = { to: '', wanted: null };
const startOf = ({ language, isUnderAge }: PatientContactView): Filled => ({
  side: isUnderAge ? 'parent' : 'proxy',
  name: '',
  instead: false,
  preferred: 'text',
  language,
  text: NOBODY,
  email: NOBODY,
});

/** Which fields were refused, and what to do about each. */
function refusedFields(failure: ApiFailure): Partial<Record<FieldName, string>> {
  const errors = failure.kind === 'problem' ? (failure.problem.errors ?? []) : [];
  return Object.fromEntries(
    errors.flatMap(({ field, message, fix }) => {
      const name = FIELDS.find((each) => field === `what.${each}`);
      return name ? [[name, fix === undefined ? `${message}.` : `${message}. ${fix}`]] : [];
    }),
  );
}

export function ProxyForm({ api, onFail, path, contact, onDone, onChanged, onClose }: Props) {
  const [filled, setFilled] = useState<Filled>(() => startOf(contact));
  const [wrong, setWrong] = useState<Partial<Record<FieldName, string>>>({});
  const [refused, setRefused] = useState('');
  const [sending, setSending] = useState(false);
  // Of what was on screen when the form was opened; brought up to date only with what a person was told.
  const [mark, setMark] = useState(contact.mark);
  const pressed = useRef<ChangeProxies>(undefined);
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
    pressed.current ??= { key: crypto.randomUUID(), mark, what: { act: 'put', ...filled } };
    const answered = await api.call<PatientContactView>(`${path}/proxies`, { method: 'POST', body: pressed.current });
    setSending(false);
    if (answered.ok) return onDone();
    const { refusal } = answered;
    if (refusal.kind === 'session-ended') return onFail(refusal);
    const fields = refusedFields(refusal);
    setWrong(fields);
    setRefused(Object.keys(fields).length > 0 ? 'Nobody was put on record.' : notDoneText('Not put on record.', refusal));
    if (refusal.kind === 'unreachable') return undefined;
    pressed.current = undefined;
    if (isProblem(refusal, 'conflict')) onChanged();
    return undefined;
  };
  const { side, name, instead, preferred, language, text, email } = filled;

  return (
    <form ref={form} className={styles['form']} aria-label="Who acts for the patient" onSubmit={(event) => void send(event)}>
      <Choice
        label="They are to the patient"
        value={side}
        names={PROXY_NAMES}
        order={contact.isUnderAge ? PROXY_SIDES : PROXY_SIDES.filter((each) => each !== 'parent')}
        onChange={(value) => fill({ side: value })}
      />
      <TextInput
        label="Name"
        value={name}
        error={wrong.name}
        maxLength={100}
        onChange={(event) => fill({ name: event.currentTarget.value })}
      />
      {contact.isUnderAge ? (
        <p className="caption">
          Of a patient under 12 messages go to the first on record who can be written to; from 12 to 17 to the patient’s own number.
        </p>
      ) : (
        <Checkbox
          label="Messages go to them instead of the patient"
          checked={instead}
          onChange={(event) => fill({ instead: event.currentTarget.checked })}
        />
      )}
      <Choice
        label="How they want to be reached"
        value={preferred}
        names={preferredNames(contact)}
        order={PREFERRED_WAYS}
        onChange={(value) => fill({ preferred: value })}
      />
      <Choice label="Their language" value={language} names={LANGUAGE_NAMES} onChange={(value) => fill({ language: value })} />
      <TextInput
        label="Their number for texts"
        type="tel"
        value={text.to}
        error={wrong['text.to']}
        maxLength={40}
        onChange={(event) => fill({ text: { ...text, to: event.currentTarget.value } })}
      />
      <Wanted
        label="Texts to them"
        isEnded={false}
        value={text.wanted}
        error={wrong['text.wanted']}
        onChange={(wanted) => fill({ text: { ...text, wanted } })}
      />
      <TextInput
        label="Their address for e-mails"
        type="text"
        inputMode="email"
        value={email.to}
        error={wrong['email.to']}
        maxLength={254}
        onChange={(event) => fill({ email: { ...email, to: event.currentTarget.value } })}
      />
      <Wanted
        label={whereSent('E-mails to them', 'email', contact)}
        isEnded={false}
        value={email.wanted}
        error={wrong['email.wanted']}
        onChange={(wanted) => fill({ email: { ...email, wanted } })}
      />
      <RecordButtons
        refused={wrong.side === undefined ? refused : `${refused} ${wrong.side}`}
        sending={sending}
        changed={contact.mark === mark ? undefined : 'This changed while the form was open. How it is now stands above.'}
        onLook={() => setMark(contact.mark)}
        onClose={onClose}
      />
    </form>
  );
}
