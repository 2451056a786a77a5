/** What the patient typed may tell of an emergency: the fixed words, and nothing beside them. */
import { useEffect, useRef } from 'react';

export function EmergencyForPatient({ words }: { words: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div role="alert">
      <h1 ref={heading} tabIndex={-1}>
        {words}
      </h1>
    </div>
  );
}
