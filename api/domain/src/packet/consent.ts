/**
 * What a patient has consented to have disclosed, read from FHIR R4 Consent resources. A consent covers only the kinds of records it names
 * by security label (HL7 v3-ActCode), only towards whom it names, and only while it is in force: 42 CFR 2.31(a) asks for the recipient, the
 * kind of information and an end; a psychotherapy note takes an authorization of its own (45 CFR 164.508(a)(2)).
 */
import { datePart } from '../fhir/date.ts';
import { coding, concept, type FhirResource, isTarget, type Json, list, object, target, text } from '../fhir/read.ts';
import type { Day } from '../instant.ts';
import { NPI_SYSTEM } from '../write-back/identifiers.ts';

export type Disclosure = {
  readonly patientId: string /** Of whoever would receive it. */;
  readonly recipientNpi: string;
  readonly today: Day;
};

// HL7 v3-ActReason for treatment, and FHIR consent-action for handing on.
const TREATMENT = 'TREAT';
const DISCLOSE = 'disclose';

const inForce = (period: Json, today: Day): boolean => {
  const [start, end] = [datePart(period['start']), datePart(period['end'])];
  return (start === '' || start <= today.slice(0, start.length)) && (end === '' || end >= today.slice(0, end.length));
};

const isNamed = (provision: Json, npi: string): boolean =>
  list(provision['actor']).some((actor) => {
    const identifier = object(object(actor['reference'])['identifier']);
    return text(identifier['system']) === NPI_SYSTEM && text(identifier['value']) === npi;
  });

const allows = (codes: readonly string[], code: string): boolean => codes.length === 0 || codes.includes(code);

type Rule = { permits: boolean; labels: readonly string[] };

/** A provision and those within it, each on its own; one that is not about this disclosure says nothing. */
function rulesOf(provision: Json, { recipientNpi, today }: Disclosure): Rule[] {
  const inner = list(provision['provision']).flatMap((each) => rulesOf(each, { patientId: '', recipientNpi, today }));
  const labels = list(provision['securityLabel']).flatMap((each) => coding(each).code ?? []);
  if (labels.length === 0 || !inForce(object(provision['period']), today)) return inner;
  const permits = text(provision['type']) === 'permit';
  // A permit is read narrowly, a denial broadly.
  const about =
    !permits ||
    (isNamed(provision, recipientNpi) &&
      allows(
        list(provision['purpose']).flatMap((each) => coding(each).code ?? []),
        TREATMENT,
      ) &&
      allows(
        list(provision['action']).flatMap((each) => concept(each).codings.flatMap(({ code }) => code ?? [])),
        DISCLOSE,
      ));
  return about ? [{ permits, labels }, ...inner] : inner;
}

/** The security labels of what may be disclosed: named by a consent in force and denied by none. */
export function consentedLabels(resources: readonly FhirResource[], of: Disclosure): ReadonlySet<string> {
  const rules = resources
    .filter(({ resourceType, status }) => resourceType === 'Consent' && status === 'active')
    .filter((consent) => isTarget(target(consent['patient']), 'Patient', of.patientId))
    .flatMap((consent) => rulesOf(object(consent['provision']), of));
  const denied = new Set(rules.filter(({ permits }) => !permits).flatMap(({ labels }) => labels));
  return new Set(rules.filter(({ permits }) => permits).flatMap(({ labels }) => labels.filter((label) => !denied.has(label))));
}
