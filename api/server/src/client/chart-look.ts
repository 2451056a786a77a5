/** Looking in the chart again for what a packet lacks, over HTTP. */
import { z } from 'zod';
import { PacketView } from './packet.ts';

/** By a press on the worklist, with Refloop’s own access to the EHR. */
export const ChartLook = z.object({
  /**
   * `no-access`: the site gives Refloop none; the next launch on this patient looks. `not-read`: the EHR let nothing of it be read now.
   * `nothing-lacks`: nothing that a chart could hold is missing.
   */
  standing: z.enum(['looked', 'not-read', 'no-access', 'nothing-lacks']),
  /** In words, with the date of the entry; empty where nothing of it is there. */
  found: z.array(z.object({ label: z.string(), date: z.string() })),
  /** What could not be read, in words. */
  unread: z.array(z.string()),
  packet: PacketView,
});
export type ChartLook = z.infer<typeof ChartLook>;

/** What packets of the patient in context lack, as types of the chart; `since` is a day, null where all of a type is meant. */
export const ChartWanted = z.object({ wanted: z.array(z.object({ type: z.string(), since: z.string().nullable() })) });
export type ChartWanted = z.infer<typeof ChartWanted>;

/** What the app read of those, with the token of whoever opened the chart. */
export const ChartRead = z.object({ resources: z.array(z.record(z.string(), z.unknown())).max(500) });
export type ChartRead = z.infer<typeof ChartRead>;

export const ChartFound = z.object({
  found: z.array(z.object({ referralId: z.string(), specialtyName: z.string(), labels: z.array(z.string()) })),
});
export type ChartFound = z.infer<typeof ChartFound>;
