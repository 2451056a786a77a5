/** Where and for whom a referral was ordered, as far as the measures need it. */
import { list, text } from '@refloop/domain/fhir/read';
import type { Setting } from '@refloop/domain/referral/event';
import type { Card } from '../client/match.ts';
import type { Kept } from './kept.ts';

const ZIP3 = 3;

function zipOf({ input: { request, chart } }: Kept): string | null {
  const { place } = request.match;
  if (place !== null && 'zip' in place) return place.zip;
  const patient = chart.find((each) => each['resourceType'] === 'Patient');
  return (
    list(patient?.['address'])
      .map((each) => text(each['postalCode']))
      .find((zip) => /^\d{5}/.test(zip)) ?? null
  );
}

/** The EHR does not tell the clinic. Of languages it is the first that was asked for, of the ZIP code three digits. */
export function settingOf(kept: Kept, { miles }: Card): Setting {
  const { coverage, languages } = kept.input.request.match;
  return {
    clinic: null,
    payer: coverage?.payerName ?? coverage?.payerId ?? null,
    zip3: zipOf(kept)?.slice(0, ZIP3) ?? null,
    miles,
    language: languages[0] ?? null,
  };
}
