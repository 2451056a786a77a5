/** Whether the payer keeps a packet from being sent (R112): asked and not decided, or denied. */
import type { Referral } from './referral.ts';

/** Of an authorization that was asked for; one that nobody asked for, or that is not needed, holds nothing. */
export const authorizationHold = ({ authorization }: Pick<Referral, 'authorization'>): 'asked' | 'denied' | undefined =>
  authorization.status === 'asked' || authorization.status === 'denied' ? authorization.status : undefined;
