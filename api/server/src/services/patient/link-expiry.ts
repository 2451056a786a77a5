/** Until when a patient’s link opens. */
import type { Instant } from '@refloop/domain/instant';

/** As long as an office’s (services/new-office-link.ts), and until the last question about the visit. Ours. */
const LINK_DAYS = 120;
const DAY_MS = 86_400_000;

export const expiryOf = (now: Instant): Instant => new Date(Date.parse(now) + LINK_DAYS * DAY_MS).toISOString();
