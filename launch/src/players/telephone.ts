/**
 * Calls of the practice to specialists' offices, which no machine takes part in: the played coordinator calls, the played office heeds it or not. What
 * came of a call stands nowhere but in what the office does next.
 */
import { personKey } from './visit.ts';

export type Calls = {
  /** How often they were called about this patient. */
  times: number;
  lastAt: Date;
};

/** Whether the patient came, and when it was. */
export type Visit = { came: boolean; at: Date };

export type Telephone = {
  call: (npi: string, patient: string, at: Date) => void;
  callsTo: (npi: string, patient: string) => Calls | undefined;
  /** The office is told to do nothing more for this patient. */
  callOff: (npi: string, patient: string) => void;
  wasCalledOff: (npi: string, patient: string) => boolean;
  /** @returns undefined where the office does not say */
  askAboutVisit: (npi: string, patient: string) => Visit | undefined;
  /** Of an office that tells it on no other way. */
  knowOfVisit: (npi: string, patient: string, visit: Visit) => void;
};

export function createTelephone(): Telephone {
  const calls = new Map<string, Calls>();
  const calledOff = new Set<string>();
  const visits = new Map<string, Visit>();
  const keyOf = (npi: string, patient: string): string => `${npi}/${personKey(patient)}`;
  return {
    call: (npi, patient, at) => {
      const key = keyOf(npi, patient);
      calls.set(key, { times: (calls.get(key)?.times ?? 0) + 1, lastAt: at });
    },
    callsTo: (npi, patient) => calls.get(keyOf(npi, patient)),
    callOff: (npi, patient) => void calledOff.add(keyOf(npi, patient)),
    askAboutVisit: (npi, patient) => visits.get(keyOf(npi, patient)),
    knowOfVisit: (npi, patient, visit) => void visits.set(keyOf(npi, patient), visit),
    wasCalledOff: (npi, patient) => calledOff.has(keyOf(npi, patient)),
  };
}
