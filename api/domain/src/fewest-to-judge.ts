/** Fewer say nothing of a person, an office, a group or a month: whoever has seen two of three is no better than whoever has seen one. */
export const FEWEST_TO_JUDGE = 10;
