/** What make-state.ts found in a state folder when it made it. */
export type Fixture = {
  commit: string;
  /** The last line of that commit's `npm run audit -- verify`. */
  audit: string;
  /** The last one it had. */
  migration: string;
  referrals: number;
  recommendations: { id: string; status: string }[];
  plans: { id: string; finished: boolean }[];
  openObligations: number;
};
