/** All that is shown once the referral is over for this office: how, and of which practice. */
import type { OfficeOver } from '@refloop/server/client/office';
import { useEffect, useRef } from 'react';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import { END_TEXTS } from './office-words.ts';

export function OverForOffice({ over: { how, practice, phone } }: { over: OfficeOver }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {how === 'on-hold' ? 'On hold' : 'Nothing more is needed'}
      </h1>
      <p>{END_TEXTS[how]}</p>
      <p>
        From: {practice}. If that is not right, call the practice{phone === '' ? '. Its number is on the letter.' : ': '}
        {phone === '' ? null : <PhoneLink phone={phone} />}
      </p>
    </>
  );
}
