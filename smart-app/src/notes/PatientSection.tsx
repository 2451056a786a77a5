/** One patient whom a held note may be about: what it says beside what the chart says, and the referrals it may answer. */
import { Button } from '@mantine/core';
import type { ComparedField, PatientChoice, PlaceDocument } from '@refloop/server/client/inbound';
import { useId, useRef, useState } from 'react';
import styles from '../center/CenterPage.module.css';
import { Chip } from '../ui/Chip.tsx';
import { plainDate, plainTime } from '../words/plain-date.ts';
import { FileAlthough } from './FileAlthough.tsx';
import held from './Held.module.css';

const AGREES: Readonly<Record<ComparedField['agrees'], { words: string; tone: 'good' | 'wait' | 'bad' | 'info' }>> = {
  yes: { words: 'agrees', tone: 'good' },
  nearly: { words: 'nearly', tone: 'info' },
  no: { words: 'differs', tone: 'bad' },
  'not said': { words: 'not said', tone: 'wait' },
};

const valueWords = (field: string, value: string): string => (field === 'born' ? plainDate(value) : value) || '—';

export type PatientSectionProps = { patient: PatientChoice; onPlace: (choice: Omit<PlaceDocument, 'form'>) => void };

export function PatientSection({ patient, onPlace }: PatientSectionProps) {
  const [asked, setAsked] = useState<Pick<PlaceDocument, 'referralId' | 'attempt'>>();
  const opener = useRef<HTMLButtonElement>(null);
  const form = useId();
  const isDoubtful = patient.doubts.length > 0;
  return (
    <section className={held['patient']} aria-label={patient.name}>
      <h3>
        {patient.name}
        {patient.linked ? ' (it came by the link of this patient)' : ''}
      </h3>
      <div className={`${styles['scroll']} ${held['compared']}`}>
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
                <td>{valueWords(field, said)}</td>
                <td>{valueWords(field, chart)}</td>
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
      {patient.referrals.length === 0 ? <p>This patient has no order of ours that it could answer.</p> : null}
      {patient.referrals.map(({ referralId, attempt, specialist, specialtyName, approvedAt, writtenBy, date, isOver }) => {
        const isAsked = asked?.referralId === referralId && asked.attempt === attempt;
        return (
          <div key={`${referralId}-${attempt}`}>
            <div className={styles['actions']}>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`File here: ${patient.name}, ${specialtyName}, ${specialist}`}
                {...(isDoubtful ? { 'aria-expanded': isAsked, 'aria-controls': form } : {})}
                onClick={(event) => {
                  opener.current = event.currentTarget;
                  if (isDoubtful) setAsked({ referralId, attempt });
                  else onPlace({ referralId, attempt, reason: '' });
                }}
              >
                {isDoubtful ? 'File here…' : 'File here'}
              </Button>
              <span>
                {specialtyName} to {specialist}, ordered {plainTime(approvedAt)}
                {writtenBy === 'same' ? ' · written by this specialist' : writtenBy === 'different' ? ' · written by somebody else' : ''}
                {date === 'before' ? ' · from before the order' : ''}
                {isOver ? ' · this order is over' : ''}
              </span>
            </div>
            {isAsked ? (
              <FileAlthough
                id={form}
                patient={patient}
                onFile={(reason) => onPlace({ referralId, attempt, reason })}
                onCancel={() => {
                  setAsked(undefined);
                  opener.current?.focus();
                }}
              />
            ) : null}
          </div>
        );
      })}
    </section>
  );
}
