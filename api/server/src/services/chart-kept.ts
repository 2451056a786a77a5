/**
 * The chart that was kept with a recommendation, read as of a day. A record that cannot be changed and comes again, as from the store in memory,
 * is read once for each day and consent: a packet is looked at, prepared and sent within minutes.
 */
import type { Chart } from '@refloop/domain/chart/chart';
import { readChart } from '@refloop/domain/chart/read-chart';
import type { FhirResource } from '@refloop/domain/fhir/read';
import type { Day } from '@refloop/domain/instant';
import { contentsOf, type PacketItem } from '@refloop/domain/packet/contents';
import type { MakeRecommendation } from '../client/recommendation.ts';

/** What a recommendation was made from. */
export type KeptInput = Pick<MakeRecommendation, 'chart' | 'order'>;

export type ReadFor = { patientId: string; today: Day; consented?: ReadonlySet<string> };

const lists = new WeakMap<KeptInput, readonly FhirResource[]>();

/** All that was read of the chart, the launched order among it. */
export function resourcesKept(input: KeptInput): readonly FhirResource[] {
  const known = lists.get(input);
  if (known) return known;
  const { chart, order } = input;
  const all = [...chart, ...(order ? [order] : [])] as unknown as FhirResource[];
  if (Object.isFrozen(input)) lists.set(input, all);
  return all;
}

type Last = { as: string; chart: Chart };
/** Of one input, without a consent and with one: what is asked for is one day after the other. */
const lastRead = new WeakMap<KeptInput, Map<'plain' | 'consented', Last>>();

/** As `readChart`. @param of.consented security labels of what may be disclosed to whoever it is read for; none without */
export function chartAsOf(input: KeptInput, of: ReadFor): Chart {
  if (!Object.isFrozen(input)) return readChart(resourcesKept(input), of);
  const labels = [...(of.consented ?? [])].sort();
  const kind = labels.length === 0 ? 'plain' : 'consented';
  const as = JSON.stringify([of.patientId, of.today, labels]);
  const read = lastRead.get(input) ?? new Map<'plain' | 'consented', Last>();
  const last = read.get(kind);
  if (last?.as === as) return last.chart;
  const chart = readChart(resourcesKept(input), of);
  lastRead.set(input, read.set(kind, { as, chart }));
  return chart;
}

type Wanted = Parameters<typeof contentsOf>[1];
const lastContents = new WeakMap<Chart, { wanted: Wanted; items: readonly PacketItem[] }>();

/** As `contentsOf`; of the same chart asked for the same it is the same. */
export function contentsAsOf(chart: Chart, wanted: Wanted): readonly PacketItem[] {
  const last = lastContents.get(chart);
  const { specialty, variant, today } = wanted;
  if (last?.wanted.specialty === specialty && last.wanted.variant === variant && last.wanted.today === today) return last.items;
  const items = contentsOf(chart, wanted);
  lastContents.set(chart, { wanted, items });
  return items;
}
