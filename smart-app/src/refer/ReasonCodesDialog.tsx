/** The coded problems of the chart that are no reason yet. */
import { Modal } from '@mantine/core';
import type { Condition } from '@medplum/fhirtypes';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { ReasonCode } from '@refloop/domain/request/order-facts';
import type { Desk, DeskState } from './desk.ts';
import styles from './RequestColumn.module.css';
import { changeRequest } from './request-flow.ts';

const ICD10 = 'http://hl7.org/fhir/sid/icd-10-cm';

/** Active problems with a code, ICD-10-CM where the chart has it. */
function problemCodes(resources: readonly Resource[]): ReasonCode[] {
  const codes = new Map<string, ReasonCode>();
  for (const resource of resources) {
    if (resource.resourceType !== 'Condition') continue;
    const condition = resource as unknown as Condition;
    const clinical = condition.clinicalStatus?.coding?.[0]?.code;
    if (clinical !== undefined && clinical !== 'active' && clinical !== 'recurrence' && clinical !== 'relapse') continue;
    const coding = condition.code?.coding?.find((each) => each.system === ICD10) ?? condition.code?.coding?.[0];
    if (!coding?.system || !coding.code) continue;
    const display = coding.display ?? condition.code?.text;
    codes.set(coding.code, { system: coding.system, code: coding.code, ...(display ? { display } : {}) });
  }
  return [...codes.values()];
}

type Props = { desk: Desk; state: DeskState; opened: boolean; onClose: () => void };

export function ReasonCodesDialog({ desk, state, opened, onClose }: Props) {
  const { reasonCodes } = state.request;
  const chosen = new Set(reasonCodes.map((each) => each.code));
  const offered = problemCodes(state.chart?.resources ?? []).filter((each) => !chosen.has(each.code));
  return (
    <Modal opened={opened} onClose={onClose} title="Add a problem as the reason" closeButtonProps={{ 'aria-label': 'Close' }}>
      {offered.length === 0 ? (
        <p>{state.chart ? 'The problem list has no further coded problem.' : 'The problem list is still being read.'}</p>
      ) : (
        <div className={styles['column']}>
          {offered.map((each) => (
            <button
              key={each.code}
              type="button"
              className="link num"
              onClick={() => {
                changeRequest(desk, { reasonCodes: [...reasonCodes, each] });
                onClose();
              }}
            >
              {each.code} {each.display ?? ''}
            </button>
          ))}
        </div>
      )}
    </Modal>
  );
}
