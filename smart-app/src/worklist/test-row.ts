/** A line for tests: what a test is about is given, the rest is plain. */
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import type { WorklistLine } from '@refloop/server/client/worklist';
import type { ListedRow } from './listed-rows.ts';

export const CALENDAR = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: [] as string[] } satisfies BusinessCalendar;

export const testLine = (given: Partial<WorklistLine> & { id: string }): WorklistLine => ({
  referralId: given.id,
  kind: 'answer',
  next: 'Get an answer',
  waitingOn: 'specialist',
  owner: 'kim',
  escalatedTo: null,
  since: '2026-11-27T15:00:00.000Z',
  dueAt: '2026-11-30T15:00:00.000Z',
  patientName: 'Rosa Example',
  performerName: 'Ana Rivera, MD',
  specialtyName: 'Cardiology',
  urgency: 'routine',
  authorization: 'not-needed',
  exception: null,
  risks: [],
  status: 'sent',
  attempts: 1,
  channel: 'fax',
  lastEvent: { name: 'Sent', at: '2026-11-27T15:00:00.000Z' },
  detail: 'Waits for the specialist’s office.',
  ...given,
});

export const testRow = (given: Partial<ListedRow> & { id: string }): ListedRow => ({
  ...testLine({ id: given.id }),
  owner: { subject: 'kim', name: 'Kim Example, RN' },
  mine: false,
  escalatedTo: null,
  escalatedToMe: false,
  ...given,
});
