/** Asked before a note goes into the chart of somebody whom it does not name. */
import { Button, TextInput } from '@mantine/core';
import type { PatientChoice } from '@refloop/server/client/inbound';
import { useEffect, useRef, useState } from 'react';
import { differsWords } from './differs-words.ts';
import held from './Held.module.css';

type Props = { patient: PatientChoice; onFile: (reason: string) => void; onCancel: () => void };

export function FileAlthough({ patient, onFile, onCancel }: Props) {
  const [reason, setReason] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <form
      className={held['asked']}
      aria-label={`File in the chart of ${patient.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        onFile(reason.trim());
      }}
    >
      <p>
        The note says another {differsWords(patient.differs)} than the chart of <strong>{patient.name}</strong>. Filed here, it stands in
        that chart.
      </p>
      <TextInput
        label="How you know that it is theirs, in a few words"
        description="Its clinician reads this beside the note."
        value={reason}
        required
        minLength={3}
        maxLength={300}
        ref={input}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={held['pressed']}>
        <Button type="submit" size="compact-sm">
          File it all the same
        </Button>
        <Button variant="default" size="compact-sm" onClick={onCancel}>
          Do not file
        </Button>
      </div>
    </form>
  );
}
