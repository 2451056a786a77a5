/** Which rung of the write-back ladder this launch can stand on: granted scopes and the EHR's CapabilityStatement together. */
import type { WriteBack } from '@refloop/server/client/recommendation';
import type { Resource } from '../session/ehr.ts';
import { grants } from './granted-scopes.ts';

type StepName = WriteBack['steps'][number];
type Statement = {
  rest?: { mode?: string; resource?: { type?: string; interaction?: { code?: string }[]; conditionalCreate?: boolean }[] }[];
};

function capability(statement: Resource | undefined, type: string) {
  const rest = (statement as Statement | undefined)?.rest?.find((each) => each.mode === undefined || each.mode === 'server');
  return rest?.resource?.find((each) => each.type === type);
}

const offers = (statement: Resource | undefined, type: string, code: string): boolean =>
  capability(statement, type)?.interaction?.some((each) => each.code === code) ?? false;

/** Whether the EHR says it honours `If-None-Exist`. */
export const offersConditionalCreate = (statement: Resource | undefined, type: string): boolean =>
  capability(statement, type)?.conditionalCreate === true;

/** Why a step cannot be done, or undefined when it can. */
function hindrance(
  scopes: readonly string[],
  statement: Resource | undefined,
  type: StepName,
  action: 'create' | 'update',
): string | undefined {
  if (statement === undefined) return 'The EHR did not say what it can do (no CapabilityStatement).';
  if (!offers(statement, type, action)) return `The EHR does not offer ${action} for ${type}.`;
  if (!grants(scopes, type, action === 'create' ? 'c' : 'u')) return `The EHR did not grant Refloop ${action} for ${type}.`;
  return undefined;
}

export type LaunchedOrder = 'none' | 'without-version' | 'with-version';

const NOT_UPDATED: Record<Exclude<LaunchedOrder, 'with-version'>, string> = {
  none: 'No order was launched.',
  'without-version': 'The EHR does not say which version the launched order has, so it cannot be updated safely.',
};

/**
 * Rung 1 updates the launched order, rung 2 creates one, rung 6 writes nothing and leaves the note to be copied.
 * @param statement the CapabilityStatement, undefined when it could not be read
 * @param launched whether an order was launched, and whether the EHR says its version
 */
export function writeBackRung(scopes: readonly string[], statement: Resource | undefined, launched: LaunchedOrder): WriteBack {
  const noUpdate = launched === 'with-version' ? hindrance(scopes, statement, 'ServiceRequest', 'update') : NOT_UPDATED[launched];
  const noCreate = hindrance(scopes, statement, 'ServiceRequest', 'create');
  const others = (['DocumentReference', 'Task', 'Provenance'] as const).map((step) => ({
    step,
    why: hindrance(scopes, statement, step, 'create'),
  }));
  if (noUpdate !== undefined && noCreate !== undefined) {
    return {
      rung: 6,
      steps: [],
      leftOut: [
        { step: 'ServiceRequest', why: [...new Set([noUpdate, noCreate])].join(' ') },
        ...others.map(({ step, why }) => ({ step, why: why ?? 'There is no order to attach it to.' })),
      ],
    };
  }
  const possible = new Set(others.filter(({ why }) => why === undefined).map(({ step }): StepName => step));
  possible.add('ServiceRequest');
  return {
    rung: noUpdate === undefined ? 1 : 2,
    steps: (['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'] as const).filter((step) => possible.has(step)),
    leftOut: others.flatMap(({ step, why }) => (why === undefined ? [] : [{ step, why }])),
  };
}

/** What approving will do, in one sentence for the action bar. */
export function approvalEffect(writeBack: WriteBack): string {
  switch (writeBack.rung) {
    case 1:
      return 'Updates this order in the chart, sends nothing else';
    case 2:
      return 'Creates an order in the chart, sends nothing else';
    case 6:
      return 'Records your decision; writes nothing to the chart. Copy the note yourself';
  }
}
