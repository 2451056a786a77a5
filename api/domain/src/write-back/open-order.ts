/** Statuses in which an order may still be completed by a referral (FHIR R4 request-status). */
export const OPEN_ORDER_STATUSES: readonly string[] = ['draft', 'active', 'on-hold'];

export const isOpenOrder = (status: unknown): boolean => typeof status === 'string' && OPEN_ORDER_STATUSES.includes(status);
