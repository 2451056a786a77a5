/** Wrong tries of what a link opens with; then it is locked. Ours. */
export const MOST_TRIES = 5;
