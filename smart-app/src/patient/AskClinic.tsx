/** Whom to call with a question: on a telephone the number calls with one press. */
import { PhoneLink } from '../ui/PhoneLink.tsx';
import styles from './Patient.module.css';
import type { Words } from './patient-words.ts';

export function AskClinic({ phone, words }: { phone: string; words: Words }) {
  if (phone === '') return <p>{words.question('')}</p>;
  const [before = '', after = ''] = words.question(phone).split(phone);
  return (
    <p className={styles['ask']}>
      {before}
      <PhoneLink phone={phone} />
      {after}
    </p>
  );
}
