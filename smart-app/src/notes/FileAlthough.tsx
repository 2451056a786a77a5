/** Asked before a note goes into a chart while it is not certain that it is of that patient. */
import { Button, TextInput } from '@mantine/core';
import type { PatientChoice } from '@refloop/server/client/inbound';
import { useEffect, useRef, useState } from 'react';
import { doubtWords } from './doubt-words.ts';
import held from './Held.module.css';

type Props = { id: string; patient: PatientChoice; onFile: (reason: string) => void; onCancel: () => void };

const SHORTEST = 3;

export function FileAlthough({ id, patient, onFile, onCancel }: Props) {
  const [reason, setReason] = useState('');
  const [isTooShort, setTooShort] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const file = () => {
    const words = reason.trim();
    setTooShort(words.length < SHORTEST);
    if (words.length < SHORTEST) input.current?.focus();
    else onFile(words);
  };
  return (
    <form
      id={id}
      className={held['asked']}
      aria-label={`File in the chart of ${patient.name}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        file();
      }}
    >
      <p>
        {doubtWords(patient.doubts)} Filed here, it stands in the chart of <strong>{patient.name}</strong>.
      </p>
      <TextInput
        label="How you know that it is theirs, in a few words"
        description="Whoever reviews the note reads this beside it, with your name."
        error={isTooShort ? 'Say in a few words how you know.' : undefined}
        value={reason}
        required
        maxLength={300}
        ref={input}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={held['pressed']}>
        <Button type="submit" size="compact-sm">
          File it all the same
        </Button>
        <Button variant="default" size="compact-sm" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
