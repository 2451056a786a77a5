/** What the players did, and by what it is known as theirs. */

/** Stands in what a player writes. */
export const SYNTHETIC = 'Synthetic: written by a player of the sandbox, about nobody.';

export type PlayedAct = {
  at: Date;
  /** The office, the patient, or whoever of the practice. */
  who: string;
  act: string;
  /** By an EHR of their own, the link they got by mail or as a text, their fax machine, their telephone, or signed in to Refloop. */
  by: 'task' | 'link' | 'fax' | 'phone' | 'refloop';
};
