/** Looks for the patient of a held note by date of birth or record number; whom it showed is on record. */
import { Button, TextInput } from '@mantine/core';
import type { Result } from '@refloop/domain/result';
import type { FindPatients, FoundPatients } from '@refloop/server/client/inbound';
import { useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { type ApiFailure, failureText } from '../session/api.ts';
import held from './Held.module.css';
import { PatientSection, type PatientSectionProps } from './PatientSection.tsx';

function foundWords(shown: number, more: number): string {
  if (shown === 0) return 'Nobody with a referral here has this date of birth or number.';
  return more > 0
    ? `${shown} shown, ${more} more: a record number tells them apart.`
    : `${shown} found. That they were shown is on record.`;
}

export type FindProps = {
  find: (asked: FindPatients) => Promise<Result<FoundPatients, ApiFailure>>;
  onFail: CenterProps['onFail'];
  onPlace: PatientSectionProps['onPlace'];
};

/** For somebody who holds the document in hand and knows better than what was read of it. */
export function FindPatient({ find, onFail, onPlace }: FindProps) {
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
        className={held['asked']}
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
        <PatientSection key={`${patient.name}-${patient.referrals[0]?.referralId}`} patient={patient} onPlace={onPlace} />
      ))}
    </section>
  );
}
