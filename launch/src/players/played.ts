/** What the players did, and by what it is known as theirs. */

/** Stands in what a player writes. */
export const SYNTHETIC = 'Synthetic: written by a player of the sandbox, about nobody.';

export type PlayedAct = {
  at: Date;
  office: string;
  act: string;
  /** By its own EHR, or by the link it got by mail. */
  by: 'task' | 'link';
};
