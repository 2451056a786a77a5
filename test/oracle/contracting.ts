/** With whom a contract would bring patients back, once more by its description in English. */
import type { Contracting, ContractingRow } from '@refloop/analytics/contracting';
import { groupOf, leakOf } from './losses.ts';
import { type Ordered, stoodInChart } from './oracle-row.ts';
import { firstVisit, isLawfulChoice, type ReferralFacts } from './referral-facts.ts';
import { wilson } from './statistics.ts';

const FEWEST = 10;

type Went = { facts: Ordered; performer: string | null; network: string; askedNetwork: string; lawful: boolean; area: string };

function rowOf(specialty: string, zip3: string | null, performer: string, there: readonly Went[], seenAnywhere: number): ContractingRow {
  const leaked = there.filter(({ lawful }) => !lawful);
  const interval = wilson(leaked.length, seenAnywhere) ?? { value: 0, low: 0, high: 0 };
  return {
    specialty,
    zip3,
    performer,
    wentOut: leaked.length,
    patients: new Set(leaked.map(({ facts }) => facts.patient)).size,
    seenAnywhere,
    ...interval,
    byLawfulChoice: there.length - leaked.length,
    orderedOut: leaked.filter(({ askedNetwork }) => askedNetwork === 'out').length,
    forAccess: leaked.filter(({ facts }) => ['access', 'network-gap'].includes(groupOf(leakOf(facts).cause))).length,
  };
}

/** @param areaOf three digits of where the patient lives as they may be told, or `unknown` */
export function contractingOf(referrals: readonly ReferralFacts[], areaOf: (facts: ReferralFacts) => string): Contracting {
  const seen = referrals.filter(stoodInChart).flatMap((facts): Went[] => {
    const visit = firstVisit(facts.order.visits);
    if (visit === undefined || visit.network === 'unknown') return [];
    const { performer, network, askedNetwork } = visit;
    return [{ facts, performer, network, askedNetwork, lawful: isLawfulChoice(facts, visit), area: areaOf(facts) }];
  });
  const named: ContractingRow[] = [];
  const unnamed = new Map<string, number>();
  for (const [specialty, ofSpecialty] of Map.groupBy(seen, ({ facts }) => facts.specialty)) {
    const outside = ofSpecialty.filter(({ network, performer }) => network === 'out' && performer !== null);
    for (const [performer, there] of Map.groupBy(outside, (each) => each.performer ?? '')) {
      const whole = rowOf(specialty, null, performer, there, ofSpecialty.length);
      if (whole.wentOut === 0) continue;
      if (whole.patients < FEWEST) unnamed.set(performer, (unnamed.get(performer) ?? 0) + whole.wentOut);
      const areas = [...Map.groupBy(there, ({ area }) => area)].map(([area, inArea]) =>
        rowOf(specialty, area, performer, inArea, ofSpecialty.filter((each) => each.area === area).length),
      );
      named.push(...[whole, ...areas].filter(({ patients }) => patients >= FEWEST));
    }
  }
  const nothingShown = [...unnamed].filter(([performer]) => !named.some((row) => row.performer === performer));
  const referralsOfThem = nothingShown.reduce((sum, [, wentOut]) => sum + wentOut, 0);
  return { rows: named, tooFew: { specialists: nothingShown.length, referrals: referralsOfThem }, fewest: FEWEST };
}
