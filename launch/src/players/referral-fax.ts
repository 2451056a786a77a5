/** What a played office reads on the pages of a referral that came as a fax: by the labels that stand there, as a person would. */
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import type { Request } from './course.ts';

export type ReferralFax = {
  /** Its number, by which both sides speak of it. */
  referral: string;
  patient: string;
  /** `YYYY-MM-DD`, or as it was written. */
  born: string;
  recordNumber: string;
  sex: string;
  phone: string;
  address: string;
  specialist: string;
  npi: string;
  specialty: string;
  urgency: Request['urgency'];
  /** Asks for advice from the record, and for no visit. */
  isAdvice: boolean;
};

/** Of the first that has the label: the patient stands above everybody else. */
const behind = (text: string, label: string): string => new RegExp(`^${label}:[ \\t]*(.+)$`, 'm').exec(text)?.[1]?.trim() ?? '';

/** @returns undefined where it is no referral, or does not say to whom or about whom */
export function readReferralFax(text: string): ReferralFax | undefined {
  const [, referral] = /^Referral ([\w.-]{1,64}), approved /m.exec(text) ?? [];
  const [patient, npi] = [behind(text, 'Name'), behind(text, 'NPI')];
  if (referral === undefined || patient === '' || !/^\d{10}$/.test(npi)) return undefined;
  const urgency = behind(text, 'Urgency').toLowerCase();
  return {
    referral,
    patient,
    born: behind(text, 'Born'),
    recordNumber: behind(text, 'Record number'),
    sex: behind(text, 'Sex'),
    phone: behind(text, 'Phone'),
    address: behind(text, 'Address'),
    specialist: behind(text, 'Specialist'),
    npi,
    specialty: SPECIALTIES.find(({ name }) => name === behind(text, 'Specialty'))?.id ?? '',
    urgency: urgency.startsWith('emergency') ? 'emergency' : urgency.startsWith('urgent') ? 'urgent' : 'routine',
    isAdvice: /e-?consult/i.test(behind(text, 'Kind')),
  };
}
