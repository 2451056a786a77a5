/** One of whom was asked, as the book has it: what its events come to, one after the other. */
import type { StoredEvent } from '@refloop/server/store/events';

export type BookedAttempt = {
  npi: string;
  sent: boolean;
  askedToCancel: boolean;
  /** Somebody there said that they take it, and when. */
  accepted: boolean;
  /** Sendings, by whether they came to nothing. */
  sendings: Map<string, boolean>;
  /** When it was, as whoever asked says it. */
  askedToCancelAt: string;
  over: 'declined' | 'cancelled' | undefined;
  seen: boolean;
  /** When the last visit was, or the appointment that was kept. */
  seenAt: string;
  /** What was booked last came to nothing, and nothing was booked or kept since. */
  fell: boolean;
  /** Ids of appointments, by what they came to. */
  appointments: Map<string, string>;
  booked: string | undefined;
  /** When each type of event was told of it last: by a clock that nobody sets, and by the one that Refloop has. */
  toldAt: Map<string, { at: number; byClock: number }>;
  /** All that was told of it, in order: where a note is taken off it is read anew without it. */
  told: StoredEvent[];
};

type Data = Record<string, unknown>;

export const newAttempt = (npi: string): BookedAttempt => ({
  npi,
  sent: false,
  askedToCancel: false,
  accepted: false,
  sendings: new Map(),
  askedToCancelAt: '',
  over: undefined,
  seen: false,
  seenAt: '',
  fell: false,
  appointments: new Map(),
  booked: undefined,
  toldAt: new Map(),
  told: [],
});

/** Which appointment, and when it is. */
export const appointmentIn = (data: Data): string => `${String(data['appointmentId'])} ${String(data['startsAt'])}`;

/** What is told of it, as it stands then. @param isFinal whether a note that is linked answers the question */
export function tellAttempt(attempt: BookedAttempt, event: StoredEvent, isFinal: (reportId: string) => boolean): void {
  const data = event.data as Data;
  const inferred = event.effectiveAt === null;
  switch (event.type) {
    case 'attempt-withdrawn':
      attempt.over = 'cancelled';
      return;
    case 'attempt-sent':
      attempt.sent = true;
      attempt.sendings.set(String(data['transmissionId']), false);
      return;
    case 'transmission-failed':
      attempt.sendings.set(String(data['transmissionId']), true);
      return;
    case 'attempt-accepted':
      if (!inferred) attempt.accepted = true;
      return;
    case 'attempt-declined':
      attempt.over = 'declined';
      attempt.booked = undefined;
      return;
    case 'cancellation-requested':
      attempt.askedToCancel = true;
      attempt.askedToCancelAt = event.effectiveAt ?? event.recordedAt;
      return;
    case 'cancellation-confirmed':
      attempt.over = 'cancelled';
      attempt.booked = undefined;
      return;
    case 'appointment-booked': {
      const id = String(data['appointmentId']);
      const startsAt = String(data['startsAt']);
      const isPast = [attempt.booked?.split(' ')[1] ?? '', attempt.seenAt].some((each) => each >= startsAt);
      // Known only by what came of it: what was booked or kept later goes before it, and so does a request to cancel.
      if (inferred && (isPast || attempt.askedToCancel)) attempt.appointments.set(id, 'replaced');
      else {
        attempt.fell = false;
        if (attempt.booked !== undefined) attempt.appointments.set(attempt.booked.split(' ')[0] ?? '', 'replaced');
        attempt.booked = appointmentIn(data);
        attempt.appointments.set(id, 'booked');
      }
      return;
    }
    case 'appointment-missed':
    case 'appointment-cancelled': {
      const id = String(data['appointmentId']);
      // Of any other date it says nothing of what is still to be done.
      if (attempt.booked?.startsWith(`${id} `)) {
        attempt.booked = undefined;
        attempt.fell = true;
      }
      attempt.appointments.set(id, 'over');
      return;
    }
    case 'patient-seen': {
      const [bookedId, bookedFor = ''] = attempt.booked?.split(' ') ?? [];
      const isKept = bookedId === String(data['appointmentId']);
      attempt.seen = true;
      attempt.fell = false;
      attempt.seenAt = [attempt.seenAt, isKept ? bookedFor : '', event.effectiveAt ?? ''].toSorted().at(-1) ?? '';
      // A visit before its time, which does not say of which appointment it was, leaves what is booked.
      if (isKept || (event.effectiveAt ?? '') >= bookedFor) attempt.booked = undefined;
      return;
    }
    case 'report-matched':
      if (!isFinal(String(data['reportId']))) return;
      // The answer to the question ends what was asked for, also where another visit was booked.
      attempt.booked = undefined;
      attempt.fell = false;
  }
}
