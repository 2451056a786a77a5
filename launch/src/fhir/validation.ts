/**
 * What a resource must satisfy by itself before it is stored: the structure and invariants of R4, and the codes of required bindings,
 * which Medplum's validator collects but does not check.
 */
import { OperationOutcomeError, validateResource } from '@medplum/core';
import type { CodeableConcept, Coding, OperationOutcomeIssue, Resource } from '@medplum/fhirtypes';
import { definitions } from './definitions.ts';
import type { Issue } from './fhir-error.ts';

/** Scanned letters come as base64 inside DocumentReference; over HTTP the limit on bodies is far below this. */
const largestAttachment = 16 * 1024 * 1024;

type Codes = ReadonlyMap<string, ReadonlySet<string>>;
type CollectedToken = { type: string; value: unknown; path: string };

/** The reasons to refuse this resource; empty when it may be stored. References are judged elsewhere, since that needs the other resources. */
export function checkResource(resource: Resource): Issue[] {
  const { resourceTypes, codesOf } = definitions();
  if (!resourceTypes.has(resource.resourceType)) {
    return [
      { code: 'not-supported', text: `"${resource.resourceType}" is not a resource type this server stores.`, expression: 'resourceType' },
    ];
  }
  const tokens: Record<string, CollectedToken[]> = {};
  let found: OperationOutcomeIssue[];
  try {
    found = validateResource(resource, { collect: { tokens }, base64BinaryMaxBytes: largestAttachment });
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) {
      return [{ code: 'structure', text: `The resource cannot be read as a ${resource.resourceType}: ${String(error)}.` }];
    }
    found = error.outcome.issue ?? [];
  }
  const issues = found.filter(isRefused).map(asIssue);
  for (const [valueSet, values] of Object.entries(tokens)) {
    const codes = codesOf(valueSet);
    if (!codes) continue;
    for (const token of values) {
      const wrong = offender(token, codes);
      if (wrong === undefined) continue;
      issues.push({
        code: 'code-invalid',
        expression: token.path,
        text: `${token.path} is "${wrong}", which is not in the required value set ${valueSet}. Use one of: ${listed(codes)}.`,
      });
    }
  }
  return issues;
}

/** Medplum only warns of a reference to a wrong type and of two values for one choice; neither is a valid R4 resource. */
function isRefused(issue: OperationOutcomeIssue): boolean {
  if (issue.severity === 'error' || issue.severity === 'fatal') return true;
  const text = issue.details?.text ?? '';
  if (text.startsWith('Conflicting choice of type')) return true;
  const wrongType = /^Invalid reference: got "([^"]*)"/.exec(text)?.[1];
  return wrongType !== undefined && definitions().resourceTypes.has(wrongType);
}

function asIssue(issue: OperationOutcomeIssue): Issue {
  const expression = issue.expression?.[0];
  const text = issue.details?.text ?? issue.diagnostics ?? 'The resource does not follow its definition';
  return {
    code: issue.code,
    text: `${expression ? `${expression}: ` : ''}${text}. Correct the element and send the resource again.`,
    ...(expression ? { expression } : {}),
  };
}

/** What is wrong with a value under a required binding, or undefined when it is a member of the value set. */
function offender({ type, value }: CollectedToken, codes: Codes): string | undefined {
  switch (type) {
    case 'CodeableConcept': {
      // One coding of the value set is asked for; codings of other systems may stand beside it.
      const codings = (value as CodeableConcept).coding ?? [];
      return codings.some((coding) => offenderIn(coding, codes) === undefined) ? undefined : (codings[0]?.code ?? 'without a code');
    }
    case 'Coding':
      return offenderIn(value as Coding, codes);
    default:
      return typeof value === 'string' && !isMember(codes, undefined, value) ? value : undefined;
  }
}

function offenderIn(coding: Coding, codes: Codes): string | undefined {
  if (!coding.code) return 'without a code';
  return isMember(codes, coding.system, coding.code) ? undefined : coding.code;
}

function isMember(codes: Codes, system: string | undefined, code: string): boolean {
  if (system !== undefined) return codes.get(system)?.has(code) ?? false;
  return [...codes.values()].some((set) => set.has(code));
}

function listed(codes: Codes): string {
  const all = [...codes.values()].flatMap((set) => [...set]);
  return all.length > 12 ? `${all.slice(0, 12).join(', ')} and ${all.length - 12} more` : all.join(', ');
}
