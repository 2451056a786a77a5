/** Where the directory disagrees with itself about one entry. Nothing is decided here: the card says "call to confirm". */
import { type Specialty, specialtyById, specialtyOfNucc } from '@refloop/domain/clinical/specialty';
import type { Day } from '@refloop/domain/instant';
import type { AcceptingPatients, Contradiction } from '@refloop/domain/network/directory';
import type { ParticipationRow } from './participation.ts';

const acceptingWords: Readonly<Record<AcceptingPatients, string>> = {
  newpt: 'new patients are taken',
  nopt: 'no new patients are taken',
  existptonly: 'only existing patients are seen',
  existptfam: 'only existing patients and their families are seen',
  unknown: 'nothing is said',
};

const runsOn = (row: ParticipationRow, today: Day): boolean =>
  row.active && !(row.from !== undefined && row.from > today) && !(row.until !== undefined && row.until < today);

/** Two rows that both run and say different things about new patients in one network. */
function acceptingDispute(networkId: string, rows: readonly ParticipationRow[], today: Day): Contradiction[] {
  const said = new Set(rows.filter((row) => runsOn(row, today) && row.accepting !== 'unknown').map((row) => row.accepting));
  if (said.size < 2) return [];
  const words = [...said].sort().map((accepting) => acceptingWords[accepting]);
  return [{ about: 'accepting', networkId, detail: `One row says ${words.join(', another that ')}.` }];
}

/** A row that runs beside one that has ended or was switched off and is not older: the payer's later word is that it is over. */
function networkDispute(networkId: string, rows: readonly ParticipationRow[], today: Day): Contradiction[] {
  const running = rows.filter((row) => runsOn(row, today));
  const over = rows.filter((row) => !row.active || (row.until !== undefined && row.until < today));
  const newest = (of: readonly ParticipationRow[]): Day =>
    of.reduce((latest, row) => ((row.verifiedOn ?? '') > latest ? (row.verifiedOn ?? '') : latest), '');
  if (running.length === 0 || over.length === 0 || newest(over) < newest(running)) return [];
  return [{ about: 'network', networkId, detail: 'One row says the contract runs, a row of the same day or later that it has ended.' }];
}

export function networkContradictions(rows: readonly ParticipationRow[], today: Day): Contradiction[] {
  return [...Map.groupBy(rows, (row) => row.networkId)].flatMap(([networkId, ofNetwork]) => [
    ...acceptingDispute(networkId, ofNetwork, today),
    ...networkDispute(networkId, ofNetwork, today),
  ]);
}

export const digitsOf = (phone: string): string => phone.replaceAll(/\D/g, '').replace(/^1(?=\d{10}$)/, '');

export function phoneContradiction(phones: readonly string[]): Contradiction[] {
  const distinct = [...new Map(phones.map((phone) => [digitsOf(phone), phone])).values()].sort();
  return distinct.length < 2 ? [] : [{ about: 'phone', detail: `Rows give different telephone numbers: ${distinct.join(', ')}.` }];
}

const familyOf = (specialty: Specialty | undefined): string | undefined => specialty?.parent ?? specialty?.id;

/** Certificates that this product knows, none of the listed specialty or its family. A general certificate says nothing. */
export function specialtyContradiction(specialtyId: string, certificates: readonly string[]): Contradiction[] {
  const families = new Set(certificates.flatMap((code) => familyOf(specialtyOfNucc(code)) ?? []));
  if (families.size === 0 || families.has(familyOf(specialtyById(specialtyId)) ?? specialtyId)) return [];
  return [{ about: 'specialty', detail: 'The certificates listed for this person are of another specialty.' }];
}
