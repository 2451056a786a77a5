/** What came in and is held: whom it names beside who it may be, until a person says whose it is. */
import { Button, Radio, TextInput } from '@mantine/core';
import type { FoundPatients, HeldDocument, HeldList, HeldReason, PlaceDocument } from '@refloop/server/client/inbound';
import { type ReactNode, useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import styles from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import items from '../center/Item.module.css';
import { Item, ItemList } from '../center/Item.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { notDoneText } from '../session/api.ts';
import { Chip } from '../ui/Chip.tsx';
import { plainDate, plainTime } from '../words/plain-date.ts';
import { FindPatient, type FindProps } from './FindPatient.tsx';
import held from './Held.module.css';
import { NoteFile } from './NoteFile.tsx';
import { NoteText } from './NoteText.tsx';
import { PatientSection } from './PatientSection.tsx';

const HELD_REASONS: Readonly<Record<HeldReason, string>> = {
  unreadable: 'It could not be read.',
  'names-nobody': 'It does not say whom it is about.',
  'names-several':
    'It names more than one patient. Filed whole, it would stand in the wrong chart too: print each note alone and ask the office to send it again.',
  'another-patient': 'It came by the link of one patient and names another.',
  'patient-unknown': 'Nobody with a referral here is like the patient it names.',
  'patient-uncertain': 'It is not certain which patient it names.',
  'no-open-referral':
    'The patient has no order in force. If it is the late answer to one that is over, file it there: its clinician still reads it.',
  'referral-uncertain': 'It is not certain which referral it answers.',
  'own-referral': 'It is the referral that was sent, or holds it. Often it comes back stamped with an answer.',
  'not-seen':
    'It says that the patient was not seen or cannot be. If that is so, put it on record on the referral’s page and set this aside.',
  'taken-off':
    'It stood with another referral by mistake, and was taken off there. Place it with the referral that it is of, or set it aside.',
  'not-a-note': 'It does not say of itself that it is a consult note.',
};

export function HeldNotesPage({ api, onFail }: CenterProps) {
  const [answer, refresh] = useAnswer<HeldList>(api, '/inbound/documents', onFail);
  const [notice, setNotice] = useState('');
  const told = async (path: string, body: object, done: string) => {
    const answered = await api.call(path, { method: 'POST', body });
    if (answered.ok) setNotice(done);
    else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setNotice(notDoneText('Not changed.', answered.refusal));
    refresh();
  };
  const at = (id: string, what: string) => `/inbound/documents/${encodeURIComponent(id)}/${what}`;
  return (
    <main className={styles['page']}>
      <div className={styles['head']}>
        <h1>Held notes</h1>
        <output className="caption">{notice}</output>
        <Button variant="default" onClick={refresh}>
          Refresh
        </Button>
      </div>
      <AnswerView answer={answer} onRetry={refresh}>
        {({ documents, more }) =>
          documents.length === 0 ? (
            <p className={items['empty']}>
              No note is held. One that cannot be matched with certainty to one patient and one referral waits here.
            </p>
          ) : (
            <>
              <p className="caption num">
                {documents.length} held{more > 0 ? `, ${more} more after these` : ''}. Nobody else sees them until you say whose they are.
              </p>
              <ItemList>
                {documents.map((document) => (
                  <Held
                    key={document.id}
                    document={document}
                    file={<NoteFile api={api} onFail={onFail} path={at(document.id, 'file')} note={document} />}
                    find={(asked) => api.call<FoundPatients>(at(document.id, 'candidates'), { method: 'POST', body: asked })}
                    onFail={onFail}
                    onPlace={(asked) => void told(at(document.id, 'placing'), asked, 'Filed. Its clinician reviews it now.')}
                    onAside={(reason) => void told(at(document.id, 'setting-aside'), { reason }, 'Set aside.')}
                  />
                ))}
              </ItemList>
            </>
          )
        }
      </AnswerView>
    </main>
  );
}

type HeldProps = Pick<FindProps, 'find' | 'onFail'> & {
  document: HeldDocument;
  file: ReactNode;
  onPlace: (asked: PlaceDocument) => void;
  onAside: (reason: string) => void;
};

function Held({ document, file, find, onFail, onPlace, onAside }: HeldProps) {
  const { header, patients } = document;
  const [form, setForm] = useState<PlaceDocument['form']>('final');
  const [reason, setReason] = useState('');
  return (
    <Item
      title={document.title || 'A document without a title'}
      mark={
        <Chip tone={document.isOverdue ? 'bad' : 'wait'}>
          {document.isOverdue ? 'overdue' : 'held'} since {plainTime(document.isOverdue ? document.dueAt : document.receivedAt)}
        </Chip>
      }
    >
      <p className="caption num">
        {document.owner ? `${document.owner} finds out` : 'Nobody here coordinates: an administrator has to give somebody the role'} by{' '}
        {plainTime(document.dueAt)}
        {document.escalatedTo ? `; told to ${document.escalatedTo}` : ''}. Came in {plainTime(document.receivedAt)}.
      </p>
      <p>
        {HELD_REASONS[document.why]} {document.unreadable}
      </p>
      {document.mail ? (
        <p>
          Attached to a mail{document.mail.from === '' ? '' : ` from ${document.mail.from}`}
          {document.mail.subject === '' ? '' : `, “${document.mail.subject}”`}.
          {document.mail.text === '' ? '' : ` It says: ${document.mail.text}`}
        </p>
      ) : null}
      {header ? (
        <p className="caption num">
          {[header.author, header.organization, ...header.npis.map((npi) => `NPI ${npi}`), header.date && plainDate(header.date)]
            .filter(Boolean)
            .join(' · ')}
        </p>
      ) : null}
      <NoteText id={document.id} reading={document} />
      {file}
      <Radio.Group label="It is" value={form} onChange={(value) => setForm(value === 'interim' ? 'interim' : 'final')}>
        <div className={held['choices']}>
          <Radio value="final" label="the final note" />
          <Radio value="interim" label="an interim note; more will follow" />
        </div>
      </Radio.Group>
      {patients.length === 0 ? <p>No patient with a referral here is like the one it names.</p> : null}
      {patients.map((patient) => (
        <PatientSection
          key={`${patient.name}-${patient.referrals[0]?.referralId}`}
          patient={patient}
          onPlace={(choice) => onPlace({ ...choice, form })}
        />
      ))}
      <FindPatient find={find} onFail={onFail} onPlace={(choice) => onPlace({ ...choice, form })} />
      <form
        className={held['asked']}
        onSubmit={(event) => {
          event.preventDefault();
          onAside(reason);
        }}
      >
        <TextInput
          label="None of these: say what it is"
          value={reason}
          minLength={3}
          maxLength={300}
          required
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <div>
          <Button type="submit" variant="default" size="compact-sm">
            Set aside
          </Button>
        </div>
      </form>
    </Item>
  );
}
