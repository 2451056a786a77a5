import type { CodeableConcept, Observation } from '@medplum/fhirtypes';
import type { ChartContext } from './chart-context.ts';
import { coding, concept } from './codes.ts';
import { metaFor } from './resource-meta.ts';
import type { Range } from './scenario.ts';

const vitalCategory: CodeableConcept = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs', display: 'Vital Signs' }],
};

const quantity = (value: number, code: string, unit: string) => ({ value, unit, system: 'http://unitsofmeasure.org', code });

type Moment = { daysAgo: number; time: string; atVisit: boolean };

/** As people read them in a chart. */
const names: Readonly<Record<string, string>> = {
  '85354-9': 'Blood pressure',
  '8867-4': 'Heart rate',
  '9279-1': 'Respiratory rate',
  '8310-5': 'Temperature',
  '59408-5': 'Oxygen saturation',
  '29463-7': 'Weight',
  '8302-2': 'Height',
  '39156-5': 'Body mass index',
};

function vital(context: ChartContext, profile: string, loinc: string, when: Moment): Observation {
  return {
    resourceType: 'Observation',
    id: context.id('vital'),
    meta: metaFor(profile),
    status: 'final',
    category: [vitalCategory],
    code: concept('loinc', loinc, names[loinc]),
    subject: context.patient,
    ...(when.atVisit ? { encounter: context.visit } : {}),
    effectiveDateTime: context.moment(when.daysAgo, when.time),
    performer: [context.clinician],
  };
}

export function bloodPressure(context: ChartContext, systolic: number, diastolic: number, when: Moment): Observation {
  return {
    ...vital(context, 'us-core-blood-pressure', '85354-9', when),
    component: [
      { code: concept('loinc', '8480-6'), valueQuantity: quantity(systolic, 'mm[Hg]', 'mmHg') },
      { code: concept('loinc', '8462-4'), valueQuantity: quantity(diastolic, 'mm[Hg]', 'mmHg') },
    ],
  };
}

export const bodyWeight = (context: ChartContext, kilograms: number, when: Moment): Observation => ({
  ...vital(context, 'us-core-body-weight', '29463-7', when),
  valueQuantity: quantity(kilograms, 'kg', 'kg'),
});

export const heartRate = (context: ChartContext, perMinute: number, when: Moment): Observation => ({
  ...vital(context, 'us-core-heart-rate', '8867-4', when),
  valueQuantity: quantity(perMinute, '/min', 'beats/min'),
});

function measured(context: ChartContext, when: Moment, heightCm: number, weightKg: number): Observation[] {
  const { vitals } = context.scenario;
  const draw = (range: Range): number => context.random.integer(range[0], range[1]);
  const oxygen = draw(vitals.oxygen ?? [97, 99]);
  const child = context.member.age < 12;
  if (when.atVisit) context.newest.set('59408-5', { daysAgo: when.daysAgo, text: `${oxygen} %` });
  return [
    bloodPressure(context, draw(vitals.systolic), draw(vitals.diastolic), when),
    heartRate(context, draw(vitals.pulse), when),
    {
      ...vital(context, 'us-core-respiratory-rate', '9279-1', when),
      valueQuantity: quantity(context.random.integer(child ? 18 : 13, child ? 24 : 18), '/min', 'breaths/min'),
    },
    {
      ...vital(context, 'us-core-body-temperature', '8310-5', when),
      valueQuantity: quantity(context.random.decimal(36.4, 37.1, 1), 'Cel', '°C'),
    },
    {
      ...vital(context, 'us-core-pulse-oximetry', '59408-5', when),
      // US Core pulse oximetry asks for both codes.
      code: { coding: [coding('loinc', '59408-5'), coding('loinc', '2708-6')], text: 'Oxygen saturation' },
      valueQuantity: quantity(oxygen, '%', '%'),
    },
    bodyWeight(context, weightKg, when),
    { ...vital(context, 'us-core-body-height', '8302-2', when), valueQuantity: quantity(heightCm, 'cm', 'cm') },
    {
      ...vital(context, 'us-core-bmi', '39156-5', when),
      valueQuantity: quantity(Number((weightKg / (heightCm / 100) ** 2).toFixed(1)), 'kg/m2', 'kg/m2'),
    },
  ];
}

/** The vital signs of this visit and of one some months earlier. */
export function vitalSignsOf(context: ChartContext): Observation[] {
  const { random, scenario, member } = context;
  // A woman's height is drawn from the lower two thirds of the scenario's range, a man's from the upper.
  const [low, high] = scenario.vitals.heightCm;
  const third = (high - low) / 3;
  const height =
    member.age < 12
      ? random.integer(low, high)
      : member.sex === 'female'
        ? random.integer(low, Math.round(high - third))
        : random.integer(Math.round(low + third), high);
  const weight = random.decimal(scenario.vitals.weightKg[0], scenario.vitals.weightKg[1], 1);
  const earlier = random.integer(120, 210);
  return [
    ...measured(context, { daysAgo: 1, time: '13:05', atVisit: true }, height, weight),
    ...measured(
      context,
      { daysAgo: earlier, time: '15:10', atVisit: false },
      height,
      Number((weight * random.decimal(0.96, 1.02, 3)).toFixed(1)),
    ),
  ];
}
