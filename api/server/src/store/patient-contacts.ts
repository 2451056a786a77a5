/** How patients may be reached, one row a patient of an EHR. */
import type { Instant } from '@refloop/domain/instant';
import type { Reachable } from '@refloop/domain/patient/outreach';
import type { Proxy } from '@refloop/domain/patient/proxy';
import type { ToldWay } from '@refloop/domain/patient/told-contact';

export type PatientContact = Reachable & {
  patientId: string;
  /** Who may act for the patient, as the practice has it on record. */
  proxies: Proxy[];
  /** When somebody was taken off that record last; absent where nobody ever was. */
  takenOffAt?: Instant;
  /**
   * Keys of the messages and presses about consent that were heeded last, the newest last, whether or not they changed anything: one that
   * comes again after another is no new word. Absent in rows from before they were kept.
   */
  heeded?: string[];
  /** What the patient told somebody of the practice last: whom (their subject), when and how. Absent where nobody was told anything. */
  told?: { at: Instant; to: string; how: ToldWay; note: string };
  updatedAt: Instant;
};

export type PatientContactStore = {
  /** Kept from others until the transaction ends. */
  take: (patientId: string) => Promise<PatientContact | undefined>;
  get: (patientId: string) => Promise<PatientContact | undefined>;
  /** Every patient whose text messages, or those of who acts for them, go to this number (E.164), in order of the patient's id. */
  byNumber: (number: string) => Promise<PatientContact[]>;
  /** Writes the row or replaces it. */
  put: (contact: PatientContact) => Promise<void>;
  /** Every row of this scope, in order of the patient's id: for reading a backup through. */
  all: () => Promise<PatientContact[]>;
};

/** Of each number that text messages go to for this patient: their own, and of who acts for them. */
export const numbersOf = ({ text, proxies }: PatientContact): { own: string | null; ofProxies: string[] } => ({
  own: text.to,
  ofProxies: [...new Set(proxies.flatMap(({ reach }) => reach?.text.to ?? []))],
});
