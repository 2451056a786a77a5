/** A refusal in FHIR's own terms: an HTTP status and an OperationOutcome whose every issue names the element and the fix. */
import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';

export type IssueCode = OperationOutcomeIssue['code'];
export type Issue = { code: IssueCode; text: string; expression?: string };

export class FhirError extends Error {
  readonly status: number;
  readonly issues: Issue[];

  constructor(status: number, issues: Issue[]) {
    super(issues.map((issue) => issue.text).join(' '));
    this.name = 'FhirError';
    this.status = status;
    this.issues = issues;
  }

  get outcome(): OperationOutcome {
    return operationOutcome(this.issues);
  }
}

export function operationOutcome(issues: Issue[]): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ code, text, expression }) => ({
      severity: 'error',
      code,
      diagnostics: text,
      details: { text },
      ...(expression ? { expression: [expression] } : {}),
    })),
  };
}

/** One issue, thrown at once. */
export function refusal(status: number, code: IssueCode, text: string, expression?: string): FhirError {
  return new FhirError(status, [expression ? { code, text, expression } : { code, text }]);
}

export const notFound = (resourceType: string, id: string): FhirError =>
  refusal(404, 'not-found', `There is no ${resourceType}/${id} that this caller may see. Check the id, or search for it.`);

export const gone = (resourceType: string, id: string): FhirError =>
  refusal(410, 'deleted', `${resourceType}/${id} was deleted. Its earlier versions are under ${resourceType}/${id}/_history.`);
