/** Whose chart this is. Left out only where the EHR says that it shows a banner itself. */
import type { PatientFacts } from '@refloop/domain/request/patient-facts';
import { Chip } from '../ui/Chip.tsx';
import { plainDate } from '../words/plain-date.ts';
import styles from './PatientBanner.module.css';

export function PatientBanner({ patient }: { patient: PatientFacts }) {
  const facts = [
    patient.birthDate
      ? `Born ${plainDate(patient.birthDate)}${patient.age === undefined ? '' : ` (${patient.age})`}`
      : 'Birth date not recorded',
    patient.sex ? patient.sex.charAt(0).toUpperCase() + patient.sex.slice(1) : 'Sex not recorded',
    patient.medicalRecordNumber ? `MRN ${patient.medicalRecordNumber}` : 'MRN not recorded',
  ];
  return (
    <section className={styles['banner']} aria-label="Patient">
      <strong className={styles['name']}>{patient.name}</strong>
      {patient.deceased ? <Chip tone="bad">Died{patient.deceased.on === '' ? '' : ` ${plainDate(patient.deceased.on)}`}</Chip> : null}
      {facts.map((fact) => (
        <span key={fact} className="num">
          {fact}
        </span>
      ))}
    </section>
  );
}
