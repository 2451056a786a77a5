/** What this person does in a chart: decide, or prepare for somebody who decides. */
import type { Session } from '@refloop/server/client/session';

/** A clinician: approves, writes, takes back. The server says so again at each request. */
export const decides = ({ roles }: Pick<Session, 'roles'>): boolean => roles.includes('clinician');

/** Hands referrals to a clinician to sign. */
export const prepares = ({ roles }: Pick<Session, 'roles'>): boolean => roles.includes('preparer');
