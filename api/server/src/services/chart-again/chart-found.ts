/** What was kept of a chart, with what has been found there since: what the note was made of does not change, what the packet is put together of does. */
import type { FhirResource } from '@refloop/domain/fhir/read';
import type { Referral } from '@refloop/domain/referral/referral';
import type { Unit } from '../../store/store.ts';
import type { KeptInput } from '../chart-kept.ts';

const nameOf = ({ resourceType, id }: { resourceType?: unknown; id?: unknown }): string => `${String(resourceType)}/${String(id)}`;

/** Of two that are the same entry the later holds. */
export function withResources<Input extends KeptInput>(input: Input, resources: readonly Readonly<Record<string, unknown>>[]): Input {
  const chart = new Map([...input.chart, ...resources].map((resource) => [nameOf(resource), resource]));
  return { ...input, chart: [...chart.values()] };
}

/** As it is where nothing was found. */
export async function withFound<Input extends KeptInput>(
  unit: Unit,
  input: Input,
  { chartFound }: Pick<Referral, 'chartFound'>,
): Promise<Input> {
  let all = input;
  for (const { document } of chartFound) {
    const kept = await unit.documents.get(document);
    if (kept) all = withResources(all, (JSON.parse(new TextDecoder().decode(kept.bytes)) as { resources: FhirResource[] }).resources);
  }
  return all;
}
