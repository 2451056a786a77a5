/** All that is shown once it is over for the patient, or on hold: how, and whom to call. */
import type { PatientOver } from '@refloop/server/client/patient';
import { useEffect, useRef } from 'react';
import { AskClinic } from './AskClinic.tsx';
import type { Words } from './patient-words.ts';

export function OverForPatient({ over, words }: { over: PatientOver; words: Words }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {over.how === 'on-hold' ? words.heldTitle : words.overTitle}
      </h1>
      <p>{words.over[over.how]}</p>
      <AskClinic phone={over.phone} words={words} />
    </>
  );
}
