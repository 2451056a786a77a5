/** The specialists whom the simulated practice refers to: offices in network and out, each with the people who work there. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { npiCheckDigit } from '@refloop/domain/network/npi';
import { drawsOf } from '@refloop/domain/practice/draws';
import { ANSWER_HOURS, DECLINED_SHARE, LEAK_SHARE, SILENT_SHARE, SPECIALTIES } from '@refloop/domain/practice/rates';
import type { PlantedTruths } from './planted-truths.ts';

/** Miles east and north of the middle of the practice's area. */
export type Position = { east: number; north: number };

export type Specialist = { entryId: string; npi: string; display: string; nucc: string; position: Position };

export type Office = {
  /** The specialty and a number: `cardiology-1`; those out of network `cardiology-out-1`. */
  id: string;
  specialty: string;
  network: 'in' | 'out';
  specialists: readonly Specialist[];
  /** What follows holds for all who work there. */
  volumeFactor: number;
  answerHours: number;
  silentShare: number;
  declineShare: number;
  /** Median days to a routine appointment. */
  waitDays: number;
  leakShare: number;
};

/** Who works in which office, by the office's id. An office that is not named gets invented people. */
export type Staffing = Readonly<Record<string, readonly Specialist[]>>;

export const OUT_OF_NETWORK_OFFICES = 2;
export const SPECIALISTS_IN_AN_OFFICE = { low: 1, high: 3 };

export const officeIds = (): { id: string; specialty: string; network: Office['network'] }[] =>
  SPECIALTIES.flatMap(({ specialty, offices }) => [
    ...Array.from({ length: offices }, (_, at) => ({ id: `${specialty}-${at + 1}`, specialty, network: 'in' as const })),
    ...Array.from({ length: OUT_OF_NETWORK_OFFICES }, (_, at) => ({
      id: `${specialty}-out-${at + 1}`,
      specialty,
      network: 'out' as const,
    })),
  ]);

const GIVEN = ['Ada', 'Amir', 'Bea', 'Carlos', 'Dana', 'Elif', 'Femi', 'Grace', 'Hugo', 'Ines', 'Jun', 'Kofi', 'Lena', 'Mara', 'Noor'];
const FAMILY = ['Abara', 'Bergström', 'Castellanos', 'Dubois', 'Eriksen', 'Farouk', 'Gruber', 'Haddad', 'Ivanova', 'Jansen', 'Kimura'];

/** Well-formed, and given to nobody: numbers begin with 1 so far, and those of the synthetic directory with 20. */
function inventedNpi(number: number): string {
  const nine = `299${String(number).padStart(6, '0')}`;
  return `${nine}${npiCheckDigit(nine)}`;
}

function invented(seed: string, id: string, specialty: string, officeNumber: number): Specialist[] {
  const draws = drawsOf(`${seed}/office/${id}`);
  const nucc = specialtyById(specialty)?.nucc[0];
  if (nucc === undefined) throw new Error(`There is no specialty ${specialty} with a NUCC code.`);
  const place = { east: (draws.next() - 0.5) * 44, north: (draws.next() - 0.5) * 44 };
  const count = draws.integer(SPECIALISTS_IN_AN_OFFICE.low, SPECIALISTS_IN_AN_OFFICE.high);
  return Array.from({ length: count }, (_, at) => ({
    entryId: `simulated~${id}~${at + 1}`,
    npi: inventedNpi(officeNumber * 10 + at),
    display: `${draws.pick(GIVEN)} ${draws.pick(FAMILY)}, MD`,
    nucc,
    position: place,
  }));
}

/** @param planted null where nothing is planted: then all offices of a specialty are alike */
export function officesOf(seed: string, staffing: Staffing, planted: PlantedTruths | null): Office[] {
  return officeIds().map(({ id, specialty, network }, at) => {
    const usualWait = SPECIALTIES.find((each) => each.specialty === specialty)?.waitDays ?? 0;
    const leaks = planted?.leakingSpecialty.specialty === specialty;
    const slow = planted?.slowOffice.office === id;
    return {
      id,
      specialty,
      network,
      specialists: staffing[id] ?? invented(seed, id, specialty, at),
      volumeFactor: planted?.chanceOutlier.office === id ? planted.chanceOutlier.volumeFactor : 1,
      answerHours: ANSWER_HOURS.median * (slow ? planted.slowOffice.answerFactor : 1),
      silentShare: planted?.silentOffice.office === id ? planted.silentOffice.silentShare : SILENT_SHARE,
      declineShare: planted?.decliningOffice.office === id ? planted.decliningOffice.declineShare : DECLINED_SHARE,
      waitDays: (leaks ? planted.leakingSpecialty.waitDays : usualWait) * (slow ? planted.slowOffice.waitFactor : 1),
      leakShare: leaks ? planted.leakingSpecialty.leakShare : LEAK_SHARE,
    };
  });
}
