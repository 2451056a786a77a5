/** What speaks against a document being of one patient, so that a person who files it there has to say how they know. */
import type { ComparedField, Doubt } from '../client/inbound.ts';
import type { InboundContent } from '../inbound/inbound-content.ts';
import type { StoredIdentity } from '../store/patient-identities.ts';
import type { Unit } from '../store/store.ts';
import { comparedFields, saidOf } from './held-comparison.ts';

/** Charts are merged into charts that are merged; nobody merges one so often. */
const MOST_MERGES = 10;

/** This chart and those that it was merged into, as far as they are known. */
async function chartsFrom(unit: Unit, patientId: string): Promise<StoredIdentity[]> {
  const charts: StoredIdentity[] = [];
  for (let id: string | null = patientId; id !== null && charts.length < MOST_MERGES; ) {
    const chart = await unit.patientIdentities.get(id);
    if (!chart) break;
    charts.push(chart);
    id = chart.replacedBy;
  }
  return charts;
}

/**
 * Another name or date of birth tells people apart. Another record number does so only where one of the two is not said: offices have numbers
 * of their own.
 */
function doubtsIn(fields: readonly ComparedField[]): Doubt[] {
  const agrees = (field: ComparedField['field']) => fields.find((each) => each.field === field)?.agrees ?? 'not said';
  const told = (['name', 'born'] as const).filter((field) => agrees(field) === 'no');
  const isVague = agrees('name') === 'not said' || agrees('born') === 'not said';
  return isVague && agrees('record number') === 'no' ? [...told, 'record number'] : told;
}

/**
 * Compared with each chart of the person, and the one that is most alike counts: a note of before a marriage bears the name of the earlier chart.
 * @param like charts among which those that were merged into this person's are looked for
 */
export async function doubtsOf(unit: Unit, content: InboundContent, patientId: string, like: readonly StoredIdentity[]): Promise<Doubt[]> {
  const several: Doubt[] = content.reading?.kind === 'read' && content.reading.several ? ['several'] : [];
  const said = saidOf(content);
  const says = said.family !== '' || said.born !== '' || said.recordNumbers.length > 0;
  if (!says) return several;
  const own = await chartsFrom(unit, patientId);
  const theirs = new Set(own.map((chart) => chart.patientId));
  // What was merged into a merged one may come before it.
  for (let pass = 0; pass < MOST_MERGES; pass += 1)
    for (const chart of like) if (chart.replacedBy !== null && theirs.has(chart.replacedBy)) theirs.add(chart.patientId);
  const charts = [
    ...own,
    ...like.filter((chart) => theirs.has(chart.patientId) && !own.some((each) => each.patientId === chart.patientId)),
  ];
  if (charts.length === 0) return [...several, 'nothing to compare'];
  const [least = []] = charts.map((chart) => doubtsIn(comparedFields(said, chart))).sort((left, right) => left.length - right.length);
  return [...several, ...least];
}
