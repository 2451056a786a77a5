/**
 * How much may be asked, of whom it is counted, and why that much. Each is a bucket: `burst` requests at once, `perSecond` filled in
 * again. A request weighs one, unless said otherwise.
 */
export type LimitName = 'address' | 'sign-in' | 'office' | 'patient' | 'user';

export type Limit = {
  burst: number;
  perSecond: number;
  /** What one that is refused weighs in all; 1 where it makes no difference. */
  refusedWeighs: number;
  reason: string;
};

export const LIMITS: Readonly<Record<LimitName, Limit>> = {
  address: {
    burst: 3000,
    perSecond: 100,
    refusedWeighs: 10,
    reason:
      'Requests without a session that is known here, by network address. A launch with an empty cache makes nine, for pages and files from memory (measured 2026-11-28): 50 clinicians behind one hospital address, all launching at once, make a sixth of the burst. What is refused for want of a session weighs ten, since each costs a question to the database.',
  },
  'sign-in': {
    burst: 100,
    perSecond: 5,
    refusedWeighs: 10,
    reason:
      'POST /sessions, by network address. Each costs a signature and up to five questions to the EHR. A hospital of 1,000 clinicians behind one address opens about one a second; 50 at once are half of the burst. A refused one weighs ten: after ten of them in a row it is one in two seconds.',
  },
  office: {
    burst: 100,
    perSecond: 2,
    refusedWeighs: 10,
    reason:
      'Requests of the page of a specialist’s office, by network address, and the only ones that take ten megabytes from somebody without an account. One referral takes about ten: opening it, the packet, each act and the note. A front desk that works through a morning’s referrals one after the other stays below one a second, and two dozen desks behind one address share the burst. What is refused (a wrong NPI, a link that there is not, a page whose hour is over) weighs ten: ten of them in a row, then one in five seconds.',
  },
  patient: {
    burst: 60,
    perSecond: 1,
    refusedWeighs: 10,
    reason:
      'Requests of the page of a patient, by network address. Opening it, looking and acting are about six; ten patients at once behind one address of a mobile carrier or a waiting room make the burst. What is refused (a wrong date of birth, a link that there is not, a page whose hour is over) weighs ten: six of them in a row, then one in ten seconds.',
  },
  user: {
    burst: 300,
    perSecond: 15,
    refusedWeighs: 1,
    reason:
      'Requests of one person of one EHR, in all windows together. Opening a chart asks three times, approving and writing six (measured 2026-11-28), typing saves at most once in 0.8 s: five windows typed in at once make less than half of it.',
  },
};
