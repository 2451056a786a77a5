/**
 * Which move of the recipient's work follows from which act, and how the Task says it: the state table of HL7 BSeR 2.0.0-ballot
 * (Harmonized State Transitions, agreed with IHE 360X; business status codes of TaskBusinessStatusCS). It governs commands and the Tasks
 * we write. What is observed outside is never refused by it (observe.ts).
 */
import type { WorkStatus } from './attempt.ts';

export const ACTS = [
  'send',
  'acknowledge',
  'request-cancellation',
  'accept',
  'decline',
  'begin-work',
  'schedule',
  'no-show',
  'cancel-appointment',
  /** The visit took place, or an interim note says how far it is. */
  'interim',
  'outcome',
  'confirm-cancellation',
] as const;
export type Act = (typeof ACTS)[number];

/** Created (2.0) is two words of ours: sent, and received once somebody there says so. Neither changes what may follow. */
const CREATED: Partial<Record<Act, WorkStatus>> = {
  'request-cancellation': 'cancellation-requested',
  accept: 'accepted',
  decline: 'declined',
};

export const MOVES: Readonly<Record<WorkStatus, Readonly<Partial<Record<Act, WorkStatus>>>>> = {
  draft: { send: 'sent' },
  sent: { ...CREATED, acknowledge: 'received' },
  received: CREATED,
  accepted: {
    'request-cancellation': 'cancellation-requested',
    decline: 'declined',
    'begin-work': 'in-progress',
    schedule: 'scheduled',
    interim: 'seen',
    outcome: 'completed',
  },
  'in-progress': { 'request-cancellation': 'cancellation-requested', decline: 'declined' },
  scheduled: {
    'request-cancellation': 'cancellation-requested',
    decline: 'declined',
    schedule: 'scheduled',
    'no-show': 'missed',
    'cancel-appointment': 'appointment-cancelled',
    interim: 'seen',
    outcome: 'completed',
  },
  missed: {
    'request-cancellation': 'cancellation-requested',
    decline: 'declined',
    schedule: 'scheduled',
    'cancel-appointment': 'appointment-cancelled',
  },
  'appointment-cancelled': { 'request-cancellation': 'cancellation-requested', schedule: 'scheduled' },
  seen: {
    'request-cancellation': 'cancellation-requested',
    decline: 'declined',
    schedule: 'scheduled',
    'cancel-appointment': 'appointment-cancelled',
    interim: 'seen',
    outcome: 'completed',
  },
  'cancellation-requested': { outcome: 'completed', 'confirm-cancellation': 'cancelled' },
  declined: {},
  cancelled: {},
  completed: {},
};

export type TaskStanding = {
  /** FHIR R4 Task.status. */
  status: 'draft' | 'requested' | 'accepted' | 'in-progress' | 'rejected' | 'cancelled' | 'completed';
  /** Of TaskBusinessStatusCS; null before anything left. */
  businessStatus: { code: string; text: string } | null;
};

const standing = (status: TaskStanding['status'], code: string, text: string): TaskStanding => ({ status, businessStatus: { code, text } });

/** On the wire a sent Task reads `requested`, since Gravity's value set has no `received`; business status 2.0 says the same. */
export const TASK_STANDINGS: Readonly<Record<WorkStatus, TaskStanding>> = {
  draft: { status: 'draft', businessStatus: null },
  sent: standing('requested', '2.0', 'Created'),
  received: standing('requested', '2.0', 'Created'),
  accepted: standing('accepted', '3.0', 'Accepted'),
  'in-progress': standing('in-progress', '5.1', 'Active In-Progress'),
  scheduled: standing('in-progress', '5.1.1', 'Event Scheduled'),
  missed: standing('in-progress', '5.1.2', 'Event Unattended'),
  'appointment-cancelled': standing('in-progress', '5.1.3', 'Event Cancelled'),
  seen: standing('in-progress', '5.1.4', 'Event Completed'),
  'cancellation-requested': standing('in-progress', '5.2', 'Cancellation Requested'),
  declined: standing('rejected', '4.0', 'Declined'),
  cancelled: standing('cancelled', '6.0', 'Fulfillment Cancelled'),
  completed: standing('completed', '7.0', 'Fulfillment Completed'),
};
