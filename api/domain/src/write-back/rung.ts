/**
 * The rung of the write-back ladder a launch stands on: what the EHR offers (CapabilityStatement) and what it granted
 * (scopes of the token response), together. Rung 5 of the ladder is nothing that an approval writes: there the EHR asks first, and its clinician takes a suggestion
 * of a card (CDS Hooks, api/server/src/cds).
 */
import type { StepName } from '../referral/event.ts';

/**
 * 1 updates the launched order, 2 creates one, 3 files the note and leaves the order to the clinician, 4 does so with a message instead of
 * a document, 6 writes nothing.
 */
export type Rung = 1 | 2 | 3 | 4 | 6;

export type WriteAction = 'update-order' | 'create-order' | 'file-document' | 'add-message' | 'create-task' | 'create-provenance';

/** `searched`: some EHRs take what they do not let apps search for (Epic: Communication, create alone), and what cannot be looked for is not written. */
export const WRITE_ACTIONS: readonly { action: WriteAction; type: StepName; interaction: 'create' | 'update'; searched?: true }[] = [
  { action: 'update-order', type: 'ServiceRequest', interaction: 'update' },
  { action: 'create-order', type: 'ServiceRequest', interaction: 'create' },
  { action: 'file-document', type: 'DocumentReference', interaction: 'create' },
  { action: 'add-message', type: 'Communication', interaction: 'create', searched: true },
  { action: 'create-task', type: 'Task', interaction: 'create' },
  { action: 'create-provenance', type: 'Provenance', interaction: 'create' },
];

/** What the rung is judged by; the app reports it, the server judges again by the same function. */
export type WriteBasis = {
  /** Whether the EHR says what it can do at all. */
  stated: boolean;
  launchedOrder: 'none' | 'without-version' | 'with-version';
  offered: readonly WriteAction[];
  granted: readonly WriteAction[];
};

export type RungChoice = {
  rung: Rung;
  steps: StepName[];
  leftOut: { step: StepName; why: string }[];
  /** Why each higher rung is not possible, in the clinician's words; a rung that is possible is not named. */
  notPossible: { rung: 1 | 2 | 3 | 4; why: string }[];
};

const DOING: Record<WriteAction, string> = {
  'update-order': 'change an order',
  'create-order': 'create an order',
  'file-document': 'file a document',
  'add-message': 'add a message to the chart and find it again',
  'create-task': 'create a task',
  'create-provenance': 'record where an entry came from',
};

const NOT_UPDATED: Record<Exclude<WriteBasis['launchedOrder'], 'with-version'>, string> = {
  none: 'No order was launched.',
  'without-version': 'The EHR does not say which version the launched order has, so it cannot be updated safely.',
};

/** Why an action cannot be done, in the clinician's words; undefined when it can. */
export function hindrance(basis: WriteBasis, action: WriteAction): string | undefined {
  if (action === 'update-order' && basis.launchedOrder !== 'with-version') return NOT_UPDATED[basis.launchedOrder];
  if (!basis.stated) return 'The EHR did not say what it lets apps do (no CapabilityStatement).';
  if (!basis.offered.includes(action)) return `This EHR does not let apps ${DOING[action]}.`;
  if (!basis.granted.includes(action)) return `This EHR did not grant Refloop to ${DOING[action]}.`;
  return undefined;
}

const ORDER = ['DocumentReference', 'ServiceRequest', 'Communication', 'Task', 'Provenance'] as const satisfies readonly StepName[];

export function chooseRung(basis: WriteBasis): RungChoice {
  const noUpdate = hindrance(basis, 'update-order');
  const noCreate = hindrance(basis, 'create-order');
  const noDocument = hindrance(basis, 'file-document');
  const noMessage = hindrance(basis, 'add-message');
  const why: Partial<Record<StepName, string>> = {};
  const set = (step: StepName, reason: string | undefined): void => {
    if (reason !== undefined) why[step] = reason;
  };
  set('DocumentReference', noDocument);
  set('Task', hindrance(basis, 'create-task'));
  set('Provenance', hindrance(basis, 'create-provenance'));
  const noOrder = noUpdate !== undefined && noCreate !== undefined;
  // Both name the same thing when the EHR says nothing at all: once is enough.
  if (noOrder) why.ServiceRequest = [...new Set([noUpdate, noCreate])].join(' ');
  const rung: Rung =
    noUpdate === undefined ? 1 : noCreate === undefined ? 2 : noDocument === undefined ? 3 : noMessage === undefined ? 4 : 6;
  // The message stands in for what a higher rung writes: there it is neither written nor missed.
  const named: readonly StepName[] = rung < 4 ? ORDER.filter((step) => step !== 'Communication') : ORDER;
  if (rung === 6) {
    set('Communication', noMessage);
    why.Task ??= 'There is nothing to attach it to.';
    why.Provenance ??= 'There is nothing to attach it to.';
  }
  const notPossible: RungChoice['notPossible'] = [];
  if (noUpdate !== undefined) notPossible.push({ rung: 1, why: noUpdate });
  if (noOrder) notPossible.push({ rung: 2, why: noCreate });
  if (noOrder && noDocument !== undefined) notPossible.push({ rung: 3, why: noDocument });
  if (rung === 6 && noMessage !== undefined) notPossible.push({ rung: 4, why: noMessage });
  return {
    rung,
    steps: named.filter((step) => why[step] === undefined),
    leftOut: named.flatMap((step) => (why[step] === undefined ? [] : [{ step, why: why[step] }])),
    notPossible,
  };
}

/** Steps that cannot be a plan of this rung, whoever asks for them; undefined when they fit. */
export function misfit(rung: Rung, steps: readonly StepName[]): { message: string; fix: string } | undefined {
  if (rung !== 4 && steps.includes('Communication'))
    return { message: `Rung ${rung} writes no message`, fix: 'Leave Communication out, or use rung 4.' };
  switch (rung) {
    case 1:
    case 2:
      return steps.includes('ServiceRequest')
        ? undefined
        : { message: 'A referral without its order', fix: 'Include ServiceRequest, or use rung 3, 4 or 6 when the EHR takes no orders.' };
    case 3:
      if (!steps.includes('DocumentReference'))
        return { message: 'Rung 3 files the note, and no note is to be filed', fix: 'Include DocumentReference, or use rung 6.' };
      return steps.includes('ServiceRequest')
        ? { message: 'Rung 3 writes no order', fix: 'Leave ServiceRequest out, or use rung 1 or 2.' }
        : undefined;
    case 4:
      if (!steps.includes('Communication'))
        return { message: 'Rung 4 adds a message, and none is to be added', fix: 'Include Communication, or use rung 6.' };
      return steps.includes('ServiceRequest') || steps.includes('DocumentReference')
        ? { message: 'Rung 4 writes neither order nor document', fix: 'Leave both out, or use a higher rung.' }
        : undefined;
    case 6:
      return steps.length === 0 ? undefined : { message: 'Rung 6 writes nothing', fix: 'Send no steps, or use a higher rung.' };
  }
}

/** Same rung, same steps, in any order. */
export const sameChoice = (
  one: { rung: number; steps: readonly StepName[] },
  other: { rung: number; steps: readonly StepName[] },
): boolean => one.rung === other.rung && ORDER.every((step) => one.steps.includes(step) === other.steps.includes(step));

/** What approving will do, said before it is pressed. */
export const RUNG_EFFECT: Readonly<Record<Rung, string>> = {
  1: 'Will update this order in the chart, sends nothing else',
  2: 'Will create a new order in the chart, sends nothing else',
  3: 'Will file the note; the order stays yours to place',
  4: 'Will keep the note in the chart as a message, sends it to nobody; the order stays yours to place',
  6: 'Nothing can be written here: your decision is recorded, and you take the note over yourself',
};

/** What is left for the clinician to do in the EHR once all is written; undefined where nothing is. */
export const LEFT_TO_DO: Readonly<Record<Rung, string | undefined>> = {
  1: undefined,
  2: undefined,
  3: 'The EHR takes documents but no orders from Refloop: the note is filed; place or sign the order there.',
  4: 'The EHR takes messages but no orders or documents from Refloop: the note is in the chart as a message, and nobody was sent it; place or sign the order there.',
  6: 'The EHR takes nothing from Refloop: enter the order there, and copy the note or attach the PDF to it.',
};

export const rungOf = (rung: number): Rung => (rung === 1 || rung === 2 || rung === 3 || rung === 4 ? rung : 6);
