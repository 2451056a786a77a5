/** What a document says of its patient beside what a chart says, field by field. */
import type { Agreement } from '@refloop/domain/patient-match/compare';
import type { Identity } from '@refloop/domain/patient-match/identity';
import type { ComparedCandidate } from '@refloop/domain/patient-match/match-patient';
import type { ComparedField } from '../client/inbound.ts';
import type { InboundContent } from '../inbound/inbound-content.ts';
import { nobody } from '../inbound/read-document.ts';
import { compareWith } from '../inbound/route-document.ts';
import type { StoredIdentity } from '../store/patient-identities.ts';

export const saidOf = ({ reading }: InboundContent): Identity => (reading?.kind === 'read' ? reading.header.patient : nobody());

export const nameOf = ({ family, given, suffix }: Identity): string =>
  [[family, given.join(' ')].filter(Boolean).join(', '), suffix].filter(Boolean).join(' ');
const addressOf = ({ line, city, postalCode }: Identity): string => [line, city, postalCode].filter(Boolean).join(', ');

const AGREES: Readonly<Record<NonNullable<Agreement[keyof Agreement]>, ComparedField['agrees']>> = {
  same: 'yes',
  close: 'nearly',
  crossed: 'nearly',
  nickname: 'nearly',
  slip: 'nearly',
  initial: 'nearly',
  area: 'nearly',
  year: 'no',
  different: 'no',
};

/** The weaker of two decides. */
const ORDER: readonly ComparedField['agrees'][] = ['no', 'nearly', 'yes', 'not said'];
const weaker = (levels: readonly ComparedField['agrees'][]): ComparedField['agrees'] =>
  [...levels].sort((left, right) => ORDER.indexOf(left) - ORDER.indexOf(right))[0] ?? 'not said';

export function fieldsOf(said: Identity, chart: Identity, compared: ComparedCandidate): ComparedField[] {
  const agrees = (field: keyof Agreement): ComparedField['agrees'] => {
    const level = compared.fields.find((each) => each.field === field)?.level;
    return level === undefined ? 'not said' : AGREES[level];
  };
  const number = compared.recordNumber;
  return [
    { field: 'name', said: nameOf(said), chart: nameOf(chart), agrees: weaker([agrees('family'), agrees('given')]) },
    { field: 'born', said: said.born, chart: chart.born, agrees: agrees('born') },
    { field: 'sex', said: said.sex, chart: chart.sex, agrees: agrees('sex') },
    { field: 'address', said: addressOf(said), chart: addressOf(chart), agrees: agrees('address') },
    { field: 'phone', said: said.phone, chart: chart.phone, agrees: agrees('phone') },
    {
      field: 'record number',
      said: said.recordNumbers.join(', '),
      chart: chart.recordNumbers.join(', '),
      agrees: number === null ? 'not said' : number === 'same' ? 'yes' : 'no',
    },
  ];
}

export function comparedFields(said: Identity, chart: StoredIdentity): ComparedField[] {
  const compared = compareWith(said, chart);
  return compared ? fieldsOf(said, chart.identity, compared) : [];
}
