/** Wrong tries of what a link opens with; then it is locked. Ours. */
export const MOST_TRIES = 5;

/** Of a patient, who has several links after some messages: guesses are counted over all that are not closed. */
export const triesOfPatient = (links: readonly { wrongTries: number; closedAt: string | null }[]): number =>
  links.filter(({ closedAt }) => closedAt === null).reduce((sum, { wrongTries }) => sum + wrongTries, 0);

/** Nothing opens any more, and whoever it is for has to be given another. */
export const isLocked = ({ wrongTries, closedAt }: { wrongTries: number; closedAt: string | null }): boolean =>
  closedAt === null && wrongTries >= MOST_TRIES;
