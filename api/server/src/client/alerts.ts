/** Threshold alerts over HTTP: which number is told to whom, and which are told now. */
import { z } from 'zod';
import { Measure } from './insights.ts';

const Name = z.string().max(200).optional();
const AlertSegment = z.object({ specialty: Name, site: Name, payer: Name });

const Person = z.object({ subject: z.string(), name: z.string() });

/** A rule in force, with the alert that it has open. */
export const AlertRule = z.object({
  id: z.string(),
  metric: Measure,
  segment: AlertSegment,
  direction: z.enum(['above', 'below']),
  threshold: z.number(),
  owner: Person,
  /** Whether whoever asks is the owner. */
  mine: z.boolean(),
  alert: z
    .object({
      id: z.string(),
      raisedAt: z.string(),
      /** As of the snapshot that first showed it. */
      n: z.number().int(),
      value: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      acknowledged: z.object({ at: z.string(), by: z.string() }).nullable(),
    })
    .nullable(),
});
export type AlertRule = z.infer<typeof AlertRule>;

export const AlertsAnswer = z.object({
  rules: z.array(AlertRule),
  /** What a rule can be about, and who can own one: leads and coordinators of this EHR. */
  measures: z.array(Measure),
  owners: z.array(Person),
});
export type AlertsAnswer = z.infer<typeof AlertsAnswer>;

export const NewAlertRule = z.object({
  metric: z.string().max(60),
  segment: AlertSegment,
  direction: z.enum(['above', 'below']),
  /** In the unit of the metric: a share between 0 and 1, days, a count. */
  threshold: z.number().min(0).max(1_000_000),
  /** Subject of the owner. */
  owner: z.string().min(1).max(255),
});
export type NewAlertRule = z.infer<typeof NewAlertRule>;
