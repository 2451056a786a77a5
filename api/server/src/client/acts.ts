/** What a coordinator puts on record, over HTTP: each act with what it needs, under the key of its press. */

import { BY_HAND_CHANNELS, DECLINE_REASONS } from '@refloop/domain/referral/attempt';
import { CONTACTS, DENIAL_REASONS, MISFILINGS } from '@refloop/domain/referral/care-event';
import { z } from 'zod';
import { AuthorizationAnswer, AuthorizationNumber } from './packet.ts';

export const ACTS = [
  'sent',
  'received',
  'accepted',
  'declined',
  'booked',
  'missed',
  'appointment-cancelled',
  'seen',
  'note',
  'link-report',
  'refuse-report',
  'unlink-report',
  'patient-heard',
  'authorization',
  'contacted',
  'cancel-requested',
  'cancel-confirmed',
  'ended',
  'reconciled',
] as const;
export const ActName = z.enum(ACTS);
export type ActName = z.infer<typeof ActName>;

/** When it happened: not later than now. */
const when = { at: z.iso.datetime({ offset: true }) };
/** Of an office that was asked before; without it, of whom was asked last. */
const office = { attempt: z.number().int().positive().optional() };

/** Which note was linked by mistake, whose it is, and what shows it. */
export const Misfiled = {
  reportId: z.string().min(1).max(300),
  because: z.enum(MISFILINGS),
  reason: z.string().trim().min(3, 'Say in a few words how you know').max(500),
};

/** What a coordinator puts on record: what they did, or what they were told by telephone or on paper. */
export const Act = z.discriminatedUnion('act', [
  z.object({
    act: z.literal('sent'),
    channel: z.enum(BY_HAND_CHANNELS),
    /** Where there is a packet, and nothing has settled it. */
    authorization: AuthorizationAnswer.optional(),
    ...when,
  }),
  z.object({ act: z.literal('received'), ...when }),
  z.object({ act: z.literal('accepted'), ...when }),
  z.object({ act: z.literal('declined'), reason: z.enum(DECLINE_REASONS), ...when }),
  z.object({ act: z.literal('booked'), startsAt: z.iso.datetime({ offset: true }), ...when }),
  z.object({ act: z.literal('missed'), ...office, ...when }),
  z.object({ act: z.literal('appointment-cancelled'), by: z.enum(['patient', 'specialist', 'unknown']), ...when }),
  z.object({ act: z.literal('seen'), ...office, ...when }),
  /** A note that came on paper or stands in the chart already. */
  z.object({ act: z.literal('note'), form: z.enum(['interim', 'final']), ...office, ...when }),
  /** Whose answer a note is that came from somebody who was not asked. */
  z.object({ act: z.literal('link-report'), reportId: z.string().min(1).max(300), attempt: z.number().int().positive() }),
  /** It is of something else than this referral: nobody is asked to review it. */
  z.object({
    act: z.literal('refuse-report'),
    reportId: z.string().min(1).max(300),
    reason: z.string().trim().min(3, 'Say in a few words why').max(500),
  }),
  /** It was linked by mistake: what rested on it is open again. */
  z.object({ act: z.literal('unlink-report'), ...Misfiled }),
  /** What the patient wrote was seen to. */
  z.object({ act: z.literal('patient-heard') }),
  z.discriminatedUnion('answer', [
    z.object({ act: z.literal('authorization'), answer: z.enum(['asked', 'not-needed', ...DENIAL_REASONS]), ...when }),
    z.object({ act: z.literal('authorization'), answer: z.literal('approved'), number: AuthorizationNumber, ...office, ...when }),
  ]),
  z.object({ act: z.literal('contacted'), outcome: z.enum(CONTACTS) }),
  z.object({ act: z.literal('cancel-requested'), reason: z.string().trim().min(3, 'Say in a few words why').max(500), ...when }),
  z.object({ act: z.literal('cancel-confirmed'), ...office, ...when }),
  z.object({
    act: z.literal('ended'),
    how: z.enum(['cancelled', 'patient-declined', 'expired', 'died']),
    reason: z.string().trim().min(3, 'Say in a few words why').max(500),
  }),
  z.object({ act: z.literal('reconciled'), note: z.string().trim().min(3, 'Say in a few words what was found').max(500) }),
]);
export type Act = z.infer<typeof Act>;

export const ActRequest = z.object({
  /** One for each press: the same one twice does it once. */
  key: z.string().min(8).max(64),
  /** The last event that changes what people decide on, of what was on screen. */
  sequence: z.number().int().positive(),
  what: Act,
});
export type ActRequest = z.infer<typeof ActRequest>;
