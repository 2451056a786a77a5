/** Which rung of the write-back ladder this launch can stand on: granted scopes and the EHR's CapabilityStatement together. */

import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { chooseRung, RUNG_EFFECT, WRITE_ACTIONS } from '@refloop/domain/write-back/rung';
import type { WriteBack } from '@refloop/server/client/recommendation';
import { joined } from '../words/joined.ts';
import { grants } from './granted-scopes.ts';

type Capability = {
  type?: string;
  interaction?: { code?: string }[];
  conditionalCreate?: boolean;
  versioning?: string;
  searchParam?: { name?: string }[];
};
type Statement = { rest?: { mode?: string; resource?: Capability[] }[] };

/** What the CapabilityStatement says of one resource type; undefined where it says nothing. */
export function capability(statement: Resource | undefined, type: string): Capability | undefined {
  const rest = (statement as Statement | undefined)?.rest?.find((each) => each.mode === undefined || each.mode === 'server');
  return rest?.resource?.find((each) => each.type === type);
}

export const offers = (statement: Resource | undefined, type: string, code: string): boolean =>
  capability(statement, type)?.interaction?.some((each) => each.code === code) ?? false;

/** Whether the EHR says it honours `If-None-Exist`. */
export const offersConditionalCreate = (statement: Resource | undefined, type: string): boolean =>
  capability(statement, type)?.conditionalCreate === true;

export type LaunchedOrder = 'none' | 'without-version' | 'with-version';
type Basis = NonNullable<WriteBack['basis']>;

/** What the EHR offers and what it granted, as the rung is judged by, here and again on the server. */
export function writeBasis(scopes: readonly string[], statement: Resource | undefined, launchedOrder: LaunchedOrder): Basis {
  return {
    stated: statement !== undefined,
    launchedOrder,
    offered: WRITE_ACTIONS.filter(
      ({ type, interaction, searched }) => offers(statement, type, interaction) && (!searched || offers(statement, type, 'search-type')),
    ).map(({ action }) => action),
    granted: WRITE_ACTIONS.filter(
      ({ type, interaction, searched }) =>
        grants(scopes, type, interaction === 'create' ? 'c' : 'u') && (!searched || grants(scopes, type, 's')),
    ).map(({ action }) => action),
  };
}

/**
 * @param statement the CapabilityStatement, undefined when it could not be read
 * @param launched whether an order was launched, and whether the EHR says its version
 */
export function writeBackRung(scopes: readonly string[], statement: Resource | undefined, launched: LaunchedOrder): WriteBack {
  const basis = writeBasis(scopes, statement, launched);
  return { ...chooseRung(basis), basis };
}

/** What approving will do, in one sentence for the action bar. */
export const approvalEffect = (writeBack: WriteBack): string => RUNG_EFFECT[writeBack.rung];

const LEFT_OUT_WORDS: Record<string, string> = {
  DocumentReference: 'the note',
  ServiceRequest: 'the order',
  Communication: 'a message',
  Task: 'a task',
  Provenance: 'the provenance',
};

/** What is not written, with why, each reason once. */
export const leftOutOf = (leftOut: readonly { step: string; why: string }[]): string =>
  `Without ${joined(leftOut.map(({ step }) => LEFT_OUT_WORDS[step] ?? step))}. ${[...new Set(leftOut.map(({ why }) => why))].join(' ')}`;

/** What this EHR does not take beside the order, with why; empty where it takes all, or takes no order at all. */
export const leftOutText = ({ rung, leftOut }: WriteBack): string => (rung > 2 || leftOut.length === 0 ? '' : leftOutOf(leftOut));

/** Why it is no more than that, where Refloop writes no order; empty where it does. */
export const whyNoOrder = ({ rung, notPossible }: WriteBack): string =>
  rung < 3 ? '' : [...new Set((notPossible ?? []).map(({ why }) => why))].join(' ');
