/**
 * What is known to be true of the simulated practice, because it was put in: measures are judged by whether they find it. Each value is
 * the parameter that is drawn from, not what one seed happens to show. Everything that is not named here is the same for all offices,
 * specialties, clinics and groups, apart from the rates of rates.ts, so that any other difference that is found is chance.
 */

export type PlantedTruths = {
  /** Patients of one specialty go out of network because they wait too long. */
  leakingSpecialty: {
    specialty: string;
    /**
     * Of the visits ordered in network that take place anywhere, the share that takes place with somebody out of network who was never
     * asked. Drawn once a referral, at the appointment that would have been kept: nothing else depends on it.
     */
    leakShare: number;
    /** Of its leaks for which a reason is recorded, the share whose primary reason is `wait-too-long`; the others follow LEAK_REASONS. */
    causeShare: number;
    /** Median days from booking to a routine appointment. */
    waitDays: number;
  };
  /** One office answers late and books late. */
  slowOffice: {
    office: string;
    /** Its median business hours from sent to accepted or declined, as a multiple of everybody's. */
    answerFactor: number;
    /** Its median days from booking to the appointment, as a multiple of its specialty's. */
    waitFactor: number;
  };
  /** One office often does not answer at all. */
  silentOffice: { office: string; silentShare: number };
  /** Of what it does answer, one office declines much. */
  decliningOffice: { office: string; declineShare: number };
  /** One office has few referrals and the rates of all others: whatever it stands out by is chance. */
  chanceOutlier: {
    office: string;
    /** How much less it is chosen than its distance would make it. */
    volumeFactor: number;
  };
  /** Patients of one language are sent to farther offices, and fewer of them get an appointment. */
  biasedRoute: {
    language: string;
    /** With this probability one of the farther half of the in-network offices of the specialty is chosen, each with the same one. */
    fartherShare: number;
    /** Once accepted and reached, the share for whom an appointment is booked; for everybody else BOOKED_SHARE. */
    bookedShare: number;
  };
};

/**
 * Of the history that the sandbox shows. With it the office that is an outlier by chance does stand out: notes of 12 of its 25 visits, where
 * 0.72 is true of all. Of the 40 seeds that were looked at it is the farthest out; which is what a list of many offices does by itself.
 */
export const SANDBOX_SEED = 'refloop-1';

export const PLANTED_TRUTHS: PlantedTruths = {
  leakingSpecialty: { specialty: 'cardiology', leakShare: 0.3, causeShare: 0.75, waitDays: 48 },
  slowOffice: { office: 'gastroenterology-2', answerFactor: 4, waitFactor: 1.5 },
  silentOffice: { office: 'neurology-3', silentShare: 0.4 },
  decliningOffice: { office: 'dermatology-2', declineShare: 0.4 },
  chanceOutlier: { office: 'rheumatology-3', volumeFactor: 0.06 },
  biasedRoute: { language: 'es', fartherShare: 0.55, bookedShare: 0.7 },
};
