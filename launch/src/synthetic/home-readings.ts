import type { Observation } from '@medplum/fhirtypes';
import type { ChartContext } from './chart-context.ts';
import { bloodPressure, bodyWeight, heartRate } from './vital-signs.ts';

const READING_TIMES = ['12:00', '23:30'] as const;

/** Blood pressure, pulse and weight that a patient sends from home, twice a day, `count` readings back from the visit. */
export function homeReadings(context: ChartContext, count: number, weightAtVisit: number): Observation[] {
  const { random } = context;
  const readings: Observation[] = [];
  let weight = weightAtVisit;
  for (let index = 0; index < count; index += 1) {
    const when = { daysAgo: 2 + Math.floor(index / 6), time: READING_TIMES[Math.floor(index / 3) % 2] ?? '12:00', atVisit: false };
    switch (index % 3) {
      case 0:
        readings.push(bloodPressure(context, random.integer(101, 131), random.integer(60, 79), when));
        break;
      case 1:
        readings.push(heartRate(context, random.integer(66, 92), when));
        break;
      default:
        weight = Number(Math.min(weightAtVisit + 3, Math.max(weightAtVisit - 5, weight + random.decimal(-0.4, 0.4, 1))).toFixed(1));
        readings.push(bodyWeight(context, weight, when));
    }
  }
  return readings;
}
