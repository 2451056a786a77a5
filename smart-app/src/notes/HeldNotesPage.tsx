/** What came in and is held: whom it names beside who it may be, until a person says whose it is. */
import { Button, Radio, TextInput } from '@mantine/core';
import type { Result } from '@refloop/domain/result';
import type {
  ComparedField,
  FindPatients,
  FoundPatients,
  HeldDocument,
  HeldList,
  HeldReason,
  PatientChoice,
  PlaceDocument,
} from '@refloop/server/client/inbound';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import styles from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import items from '../center/Item.module.css';
import { Item, ItemList } from '../center/Item.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { type ApiFailure, failureText } from '../session/api.ts';
import { Chip } from '../ui/Chip.tsx';
import { plainDate, plainTime } from '../words/plain-date.ts';
import { NoteText } from './NoteText.tsx';

const HELD_REASONS: Readonly<Record<HeldReason, string>> = {
  unreadable: 'It could not be read.',
  'names-nobody': 'It does not say whom it is about.',
  'another-patient': 'It came by the link of one patient and names another.',
  'patient-unknown': 'Nobody with a referral here is like the patient it names.',
  'patient-uncertain': 'It is not certain which patient it names.',
  'no-open-referral': 'The patient has no order in force.',
  'referral-uncertain': 'It is not certain which referral it answers.',
};

function foundWords(shown: number, more: number): string {
  if (shown === 0) return 'Nobody with a referral here has this date of birth or number.';
  return more > 0
    ? `${shown} shown, ${more} more: a record number tells them apart.`
    : `${shown} found. That they were shown is on record.`;
}

const AGREES: Readonly<Record<ComparedField['agrees'], { words: string; tone: 'good' | 'wait' | 'bad' | 'info' }>> = {
  yes: { words: 'agrees', tone: 'good' },
  nearly: { words: 'nearly', tone: 'info' },
  no: { words: 'differs', tone: 'bad' },
  'not said': { words: 'not said', tone: 'wait' },
};

export function HeldNotesPage({ api, onFail }: CenterProps) {
  const [answer, refresh] = useAnswer<HeldList>(api, '/inbound/documents', onFail);
  const [notice, setNotice] = useState('');
  const told = async (path: string, body: object, done: string) => {
    const answered = await api.call(path, { method: 'POST', body });
    if (answered.ok) setNotice(done);
    else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setNotice(`Not changed. ${failureText(answered.refusal)}`);
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
              No note is held. One that came in and is not certainly of one patient and one referral stands here.
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
  onPlace: (asked: PlaceDocument) => void;
  onAside: (reason: string) => void;
};

function Held({ document, find, onFail, onPlace, onAside }: HeldProps) {
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
      {header ? (
        <p className="caption num">
          {[header.author, header.organization, ...header.npis.map((npi) => `NPI ${npi}`), header.date && plainDate(header.date)]
            .filter(Boolean)
            .join(' · ')}
        </p>
      ) : null}
      <NoteText id={document.id} reading={document} />
      <Radio.Group label="It is" value={form} onChange={(value) => setForm(value === 'interim' ? 'interim' : 'final')}>
        <Radio value="final" label="the final note" />
        <Radio value="interim" label="an interim note; more will follow" />
      </Radio.Group>
      {patients.length === 0 ? <p>No patient with a referral here is like the one it names.</p> : null}
      {patients.map((patient) => (
        <Choice
          key={`${patient.name}-${patient.referrals[0]?.referralId}`}
          patient={patient}
          onPlace={(choice) => onPlace({ ...choice, form })}
        />
      ))}
      <FindPatient find={find} onFail={onFail} onPlace={(choice) => onPlace({ ...choice, form })} />
      <form
        className={styles['form']}
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

type FindProps = {
  find: (asked: FindPatients) => Promise<Result<FoundPatients, ApiFailure>>;
  onFail: CenterProps['onFail'];
  onPlace: ChoiceProps['onPlace'];
};

/** For somebody who holds the document in hand and knows better than what was read of it. */
function FindPatient({ find, onFail, onPlace }: FindProps) {
  const [asked, setAsked] = useState<FindPatients>({ born: '', recordNumber: '' });
  const [found, setFound] = useState<FoundPatients>();
  const [words, setWords] = useState('');
  const look = async () => {
    setWords('Looking …');
    setFound(undefined);
    const answered = await find(asked);
    if (answered.ok) {
      setFound(answered.value);
      const { patients, more } = answered.value;
      setWords(foundWords(patients.length, more));
    } else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setWords(`Not looked for. ${failureText(answered.refusal)}`);
  };
  return (
    <section aria-label="Find another patient">
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <TextInput
          label="Somebody else: date of birth"
          type="date"
          value={asked.born}
          required={asked.recordNumber === ''}
          onChange={(event) => setAsked({ ...asked, born: event.currentTarget.value })}
        />
        <TextInput
          label="or record number"
          value={asked.recordNumber}
          maxLength={60}
          onChange={(event) => setAsked({ ...asked, recordNumber: event.currentTarget.value })}
        />
        <div>
          <Button type="submit" variant="default" size="compact-sm">
            Find
          </Button>
        </div>
      </form>
      <output className="caption num">{words}</output>
      {found?.patients.map((patient) => (
        <Choice key={`${patient.name}-${patient.referrals[0]?.referralId}`} patient={patient} onPlace={onPlace} />
      ))}
    </section>
  );
}

type ChoiceProps = { patient: PatientChoice; onPlace: (choice: Pick<PlaceDocument, 'referralId' | 'attempt'>) => void };

function Choice({ patient, onPlace }: ChoiceProps) {
  return (
    <section aria-label={patient.name}>
      <h3>
        {patient.name}
        {patient.linked ? ' (it came by the link of this patient)' : ''}
      </h3>
      <div className={styles['scroll']}>
        <table className={`${styles['table']} num`}>
          <thead>
            <tr>
              {['', 'The note says', 'The chart says', ''].map((heading, at) => (
                <th key={`${at}-${heading}`} scope="col">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {patient.fields.map(({ field, said, chart, agrees }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                <td>{said || '—'}</td>
                <td>{chart || '—'}</td>
                <td>
                  <Chip tone={AGREES[agrees].tone}>{AGREES[agrees].words}</Chip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {patient.against.map((why) => (
        <p key={why}>{why}</p>
      ))}
      {patient.referrals.length === 0 ? <p>No order of this patient is in force.</p> : null}
      {patient.referrals.map(({ referralId, attempt, specialist, specialtyName, approvedAt, writtenBy, date }) => (
        <div key={`${referralId}-${attempt}`} className={styles['actions']}>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`File with ${patient.name}: ${specialtyName}, ${specialist}`}
            onClick={() => onPlace({ referralId, attempt })}
          >
            File here
          </Button>
          <span>
            {specialtyName} to {specialist}, ordered {plainTime(approvedAt)}
            {writtenBy === 'same' ? ' · written by this specialist' : writtenBy === 'different' ? ' · written by somebody else' : ''}
            {date === 'before' ? ' · from before the order' : ''}
          </span>
        </div>
      ))}
    </section>
  );
}
