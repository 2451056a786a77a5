/** By when something has to be seen to. */
import type { Urgency } from '@refloop/domain/matching/request';

// Ours: of what a message came to, which is no stage of the service levels. Routine two days, urgent one, emergency four hours.
const DUE_HOURS: Record<Urgency, number> = { routine: 48, urgent: 24, emergency: 4 };

export const minutesLater = (from: Date, minutes: number): string => new Date(from.getTime() + minutes * 60_000).toISOString();

export const dueBy = (urgency: Urgency, from: Date): string => minutesLater(from, DUE_HOURS[urgency] * 60);
