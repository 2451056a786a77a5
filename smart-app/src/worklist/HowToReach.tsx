/** Whom to call, on which number, and what was tried already: an alert without it would only say that something is late. */
import type { Thread } from '@refloop/server/client/thread';
import type { ReactNode } from 'react';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import { plainTime } from '../words/plain-date.ts';
import { officeTried, patientTried } from './reach-words.ts';
import styles from './Thread.module.css';

export function HowToReach({ reach: { patient, office }, now }: { reach: Thread['reach']; now: Date }) {
  const at = (instant: string): string => plainTime(instant, now);
  return (
    <dl className={`${styles['reach']} num`} aria-label="How to reach them">
      <Who name="Patient" phone={patient.phone}>
        {patientTried(patient, at).join(' · ')}
      </Who>
      {office ? (
        <Who name="Office" phone={office.phone}>
          {officeTried(office, at).join(' · ')}
        </Who>
      ) : null}
    </dl>
  );
}

const Who = ({ name, phone, children }: { name: string; phone: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {phone === '' ? 'no number on record' : <PhoneLink phone={phone} />} <span className="caption">{children}</span>
    </dd>
  </div>
);
