/** The form of one act: what happened and when. Sent with a key of its own, so that the same press twice does it once. */
import { Input, NativeSelect, TextInput } from '@mantine/core';
import type { Act, ActName, ActRequest } from '@refloop/server/client/acts';
import type { PacketView } from '@refloop/server/client/packet';
import type { Thread } from '@refloop/server/client/thread';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { isProblem, notDoneText } from '../session/api.ts';
import { useEscape } from '../ui/use-escape.ts';
import { AuthorizationQuestion } from './AuthorizationQuestion.tsx';
import { chosenStill, type Field, type Filled, fieldsOf, formOf, momentText, readAct, startForm } from './acts.ts';
import { type AuthorizationFault, answerOf, UNANSWERED } from './authorization-draft.ts';
import { RecordButtons } from './RecordButtons.tsx';
import styles from './Thread.module.css';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  thread: Thread;
  act: ActName;
  /** As it would go; undefined where there is none. */
  packet: PacketView | undefined;
  now: () => Date;
  onDone: (thread: Thread) => void;
  /** Something came between: the thread is to be read again. */
  onChanged: () => void;
  onClose: () => void;
};

export function ActPanel({ api, onFail, thread, act, packet, now, onDone, onChanged, onClose }: Props) {
  // What may be chosen is of what was on screen when the form was opened, as its sequence is.
  const [asked, setAsked] = useState(() => formOf(act, thread, now()));
  const { name, at, warning } = asked;
  const [filled, setFilled] = useState<Filled>(() => startForm(act, asked));
  const [wrong, setWrong] = useState<{ field: Field['name'] | 'at'; text: string }>();
  const [draft, setDraft] = useState(UNANSWERED);
  const [fault, setFault] = useState<AuthorizationFault>();
  const [refused, setRefused] = useState('');
  const [sending, setSending] = useState(false);
  // Of what was on screen when the form was opened; brought up to date only with what a person was told.
  const [sequence, setSequence] = useState(thread.sequence);
  const pressed = useRef<{ key: string; what: Act }>(undefined);
  const form = useRef<HTMLFormElement>(null);
  useEscape(form, onClose);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('select, input, button')?.focus();
  }, []);

  // Only of what is sent it is asked where the payer's authorization stands.
  const sent = act === 'sent' ? packet : undefined;

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (sending) return;
    const read = readAct(act, filled, now(), asked);
    if (!read.ok) return setWrong(read);
    setWrong(undefined);
    const said = sent ? answerOf(sent, draft) : { answer: undefined };
    setFault('fault' in said ? said.fault : undefined);
    if ('fault' in said) return undefined;
    const what = read.what.act === 'sent' && said.answer ? { ...read.what, authorization: said.answer } : read.what;
    setSending(true);
    // What nobody answered is sent again as it was, under its key: it may be on record already.
    const press = pressed.current ?? { key: crypto.randomUUID(), what };
    pressed.current = press;
    const body: ActRequest = { key: press.key, sequence, what: press.what };
    const answered = await api.call<Thread>(`/worklist/referrals/${encodeURIComponent(thread.referralId)}/acts`, { method: 'POST', body });
    setSending(false);
    if (answered.ok) return onDone(answered.value);
    const { refusal } = answered;
    if (refusal.kind === 'session-ended') return onFail(refusal);
    setRefused(notDoneText('Not put on record.', refusal));
    if (refusal.kind === 'unreachable') return undefined;
    pressed.current = undefined;
    if (isProblem(refusal, 'conflict')) onChanged();
    return undefined;
  };
  const fill = (field: keyof Filled, value: string) => {
    pressed.current = undefined;
    setFilled({ ...filled, [field]: value });
  };
  const changed = thread.sequence !== sequence;
  const look = () => {
    const anew = formOf(act, thread, now());
    setSequence(thread.sequence);
    setAsked(anew);
    setFilled({ ...startForm(act, anew), ...chosenStill(anew, filled) });
  };

  return (
    <form ref={form} className={styles['form']} aria-label={name} onSubmit={(event) => void send(event)}>
      <h3>{name}</h3>
      {act === 'authorization' && thread.performer ? (
        <p className="caption">This is for {thread.performer.name}. An approval that names another specialist is not put on record here.</p>
      ) : null}
      {warning === undefined ? null : <p>{warning}</p>}
      {fieldsOf(act, filled, asked).map((field) => (
        <FormField
          key={field.name}
          field={field}
          value={filled[field.name] ?? ''}
          error={wrong?.field === field.name ? wrong.text : undefined}
          onChange={(value) => fill(field.name, value)}
        />
      ))}
      {sent ? (
        <AuthorizationQuestion
          packet={sent}
          draft={draft}
          fault={fault}
          onChange={(next) => {
            pressed.current = undefined;
            setFault(undefined);
            setDraft(next);
          }}
        />
      ) : null}
      {at === undefined ? null : (
        <Input.Wrapper label={at} error={wrong?.field === 'at' ? wrong.text : undefined}>
          <Input
            type="datetime-local"
            aria-label={at}
            max={momentText(now())}
            value={filled.at ?? momentText(now())}
            onChange={(event) => fill('at', event.currentTarget.value)}
          />
        </Input.Wrapper>
      )}
      <RecordButtons
        refused={refused}
        sending={sending}
        changed={changed ? 'This referral changed while the form was open. The newest entries are below.' : undefined}
        onLook={() => look()}
        onClose={onClose}
      />
    </form>
  );
}

type FieldProps = { field: Field; value: string; error: string | undefined; onChange: (value: string) => void };

function FormField({ field, value, error, onChange }: FieldProps) {
  switch (field.kind) {
    case 'choice':
      // Where there is nothing to choose it is told.
      if (field.choices.length === 1)
        return (
          <p>
            {field.label}: <span className="num">{field.choices[0]?.label}</span>
          </p>
        );
      return (
        <NativeSelect
          label={field.label}
          data={[...field.choices]}
          value={value}
          error={error}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'text':
      return (
        <TextInput
          label={field.label}
          description={field.hint}
          value={value}
          error={error}
          maxLength={500}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <TextInput
          label={field.label}
          value={value}
          error={error}
          maxLength={60}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'moment':
      return (
        <TextInput
          type="datetime-local"
          label={field.label}
          value={value}
          error={error}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
