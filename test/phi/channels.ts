/** Where the product says or keeps something outside the chart and outside what it seals, and what may stand there. */
import type { Kind } from './kinds.ts';

export type Channel = {
  name: string;
  /** Kinds that belong there, and why. */
  may?: { hold: readonly Kind[]; because: string };
  /** Stands there when it was written at all: an empty text proves nothing. */
  proof: string;
};

/** What the check itself does in a page before it looks: it must have been recorded. */
export const CANARY = 'canary-of-the-phi-check';

const IDS = ['a reference to a patient', 'the id of a patient', 'the id of an order'] as const;

export const CHANNELS = {
  output: { name: 'what npm start writes to the terminal: Refloop, the sandbox EHR and the start itself', proof: '"msg":"request"' },
  addresses: { name: 'addresses that browsers asked Refloop for', proof: `/nowhere?${CANARY}` },
  'ehr-addresses': {
    name: 'addresses of the EHR that the app asked for',
    may: { hold: IDS, because: 'FHIR reads a resource by its id and a chart by the id of its patient, from the EHR that gave them' },
    proof: '/fhir/ServiceRequest/',
  },
  referrers: { name: 'the referrer sent to Refloop, and by pages of Refloop', proof: 'by Refloop: ' },
  console: { name: 'messages of pages to the browser’s console', proof: CANARY },
  problems: { name: 'refusals and errors that Refloop answered browsers with', proof: 'There is nothing at this address.' },
  storage: {
    name: 'what pages of Refloop leave in the browser: local and session storage, the frame’s name',
    may: {
      hold: IDS,
      because: 'the EHR’s answer to the launch is kept in this tab until it ends, and names the launch’s patient and order',
    },
    proof: CANARY,
  },
  commands: { name: 'what the commands write to the terminal', proof: 'backup: ' },
  'audit-export': { name: 'the exported audit log', proof: '"kind":"row"' },
  backup: {
    name: 'a backup: every table but the directory of specialists',
    may: { hold: ['a family name', 'a given name'], because: 'names of staff stand in the clear, and staff share names with patients' },
    proof: 'Practitioner/coordinator',
  },
} as const satisfies Record<string, Channel>;
export type ChannelName = keyof typeof CHANNELS;

/** The kinds of those found that do not belong in the channel. */
export function misplaced(name: ChannelName, found: readonly Kind[]): Kind[] {
  const { may }: Channel = CHANNELS[name];
  return found.filter((kind) => !may?.hold.includes(kind));
}
