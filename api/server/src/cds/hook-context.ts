/** What a hook is about: the patient, the orders that were selected or are to be signed or sent, and to whom. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { isFhirId, parseReference } from '@refloop/domain/fhir/reference';
import { z } from 'zod';
import type { CdsHook } from '../client/cds-hooks.ts';
import { fieldErrors, problem, type Refusal } from '../problem.ts';

export type HookContext = {
  patientId: string;
  /** `Practitioner/123` where the hook says who works there. */
  userId: string | undefined;
  /** As they came with the hook. */
  orders: Resource[];
  /** Orders that are only named, such as `ServiceRequest/123`. */
  named: string[];
  performer: string | undefined;
};

const FhirId = z.string().refine(isFhirId, 'Not an id of FHIR');
const Reference = z
  .string()
  .max(200)
  .refine((text) => parseReference(text) !== undefined, 'Not a reference such as ServiceRequest/123');
const OrderBundle = z.looseObject({
  entry: z
    .array(z.looseObject({ resource: z.looseObject({ resourceType: z.string(), id: z.string().optional() }).optional() }))
    .max(200)
    .default([]),
});
const Person = { userId: Reference, patientId: FhirId };

/** The context of each hook (CDS Hooks Library); order-dispatch 1.0 names one order, 1.1 several. */
const CONTEXTS = {
  'order-select': z.looseObject({ ...Person, selections: z.array(z.string().max(200)).max(200), draftOrders: OrderBundle }),
  'order-sign': z.looseObject({ ...Person, draftOrders: OrderBundle }),
  'order-dispatch': z.looseObject({
    patientId: FhirId,
    order: Reference.optional(),
    dispatchedOrders: z.array(Reference).max(50).optional(),
    performer: Reference,
  }),
};

/** Each hook by its own schema; all that matters is in these fields. */
type Parsed = {
  patientId: string;
  userId?: string;
  selections?: string[];
  draftOrders?: z.output<typeof OrderBundle>;
  order?: string | undefined;
  dispatchedOrders?: string[] | undefined;
  performer?: string;
};

const ordersIn = (bundle: z.output<typeof OrderBundle> | undefined): Resource[] =>
  (bundle?.entry ?? []).flatMap(({ resource }) => (resource ? [resource as Resource] : []));

/** Selections name orders as `Type/id`; some EHRs send the bare id. */
const isSelected = (order: Resource, selections: readonly string[]): boolean =>
  selections.some((selected) => selected === `${order.resourceType}/${order.id}` || selected === order.id);

export function hookContextOf(hook: CdsHook, context: Record<string, unknown>): HookContext | Refusal {
  const read = CONTEXTS[hook].safeParse(context);
  if (!read.success) {
    const errors = fieldErrors(read.error.issues).map((error) => ({ ...error, field: `context.${error.field}` }));
    return problem('invalid-request', `The context is not one of the hook ${hook}. Mend the fields named here and send it again.`, errors);
  }
  const parsed: Parsed = read.data;
  const all = ordersIn(parsed.draftOrders);
  return {
    patientId: parsed.patientId,
    userId: parsed.userId,
    orders: parsed.selections ? all.filter((order) => isSelected(order, parsed.selections ?? [])) : all,
    named: [...new Set([...(parsed.order === undefined ? [] : [parsed.order]), ...(parsed.dispatchedOrders ?? [])])],
    performer: parsed.performer,
  };
}
