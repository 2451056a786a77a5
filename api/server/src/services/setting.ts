/** Where and for whom a referral was ordered, as far as the measures need it. */
import { list, object, text } from '@refloop/domain/fhir/read';
import type { Setting } from '@refloop/domain/referral/event';
import type { Card, CoverageInput } from '../client/match.ts';
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

type Json = Record<string, unknown>;

/** R4 lets the patient or a relative be the payor (Coverage.payor): its name is then a person's. */
function isPerson(coverage: Json, payor: Json): boolean {
  const reference = text(payor['reference']);
  const contained = list(coverage['contained']).find((each) => reference === `#${text(each['id'])}`);
  const types = [text(payor['type']), text(contained?.['resourceType']), ...reference.split('/')];
  return types.includes('Patient') || types.includes('RelatedPerson');
}

/** Whether the payer the match was asked with is a person of the chart: by name, by identifier, or by the id of its resource. */
function isPaidByPerson({ payerName, payerId }: NonNullable<CoverageInput>, chart: readonly Json[]): boolean {
  return chart
    .filter((each) => each['resourceType'] === 'Coverage')
    .some((coverage) =>
      list(coverage['payor'])
        .filter((payor) => isPerson(coverage, payor))
        .some((payor) => {
          const ids = [text(object(payor['identifier'])['value']), text(payor['reference']).split('/').at(-1)];
          return (payerName !== undefined && text(payor['display']) === payerName) || (payerId !== undefined && ids.includes(payerId));
        }),
    );
}

/** Who pays, by name; `self-pay` where a person of the chart does, null where it is not known. */
export function payerOf(coverage: CoverageInput, chart: readonly Json[]): string | null {
  if (coverage === null) return null;
  return isPaidByPerson(coverage, chart) ? 'self-pay' : (coverage.payerName ?? coverage.payerId ?? null);
}

/** The EHR does not tell the clinic. Of languages it is the first that was asked for, of the ZIP code three digits. */
export function settingOf(kept: Kept, { miles }: Card): Setting {
  const { coverage, languages } = kept.input.request.match;
  return {
    clinic: null,
    payer: payerOf(coverage, kept.input.chart),
    zip3: zipOf(kept)?.slice(0, ZIP3) ?? null,
    miles,
    language: languages[0] ?? null,
  };
}
