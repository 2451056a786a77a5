/** What a person quotes when asking about an approval that waits: short enough to say on the phone, and no patient in it (R53, R240). */

/**
 * @param planId a ULID: its last eight characters are random, and Crockford's alphabet leaves out what is easily misread
 * @returns `4Q7K-9X2M`
 */
export const referenceNumber = (planId: string): string => `${planId.slice(-8, -4)}-${planId.slice(-4)}`.toUpperCase();
