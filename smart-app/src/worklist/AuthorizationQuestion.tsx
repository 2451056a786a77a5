/** Where nothing has settled it: what the payer says of the authorization, answered with the press that sends, or that tells of what was sent by hand. */
import { Radio, TextInput } from '@mantine/core';
import type { PacketView } from '@refloop/server/client/packet';
import { type AuthorizationDraft, type AuthorizationFault, faultWords, isAsked, isUnsaid } from './authorization-draft.ts';
import styles from './Packet.module.css';

type Props = {
  packet: PacketView;
  draft: AuthorizationDraft;
  fault: AuthorizationFault | undefined;
  onChange: (draft: AuthorizationDraft) => void;
};

export function AuthorizationQuestion({ packet, draft, fault, onChange }: Props) {
  if (!isAsked(packet)) return null;
  const { answer, number, reason } = draft;
  const put = (more: Partial<AuthorizationDraft>) => onChange({ ...draft, ...more });
  return (
    <div className={styles['question']}>
      <Radio.Group
        label="Does the payer have to authorize it?"
        description={packet.payer === null ? 'The payer is not named in the chart.' : `Payer: ${packet.payer}`}
        value={answer ?? ''}
        error={fault === 'unanswered' ? faultWords(fault) : undefined}
        onChange={(value) => put({ answer: value as NonNullable<AuthorizationDraft['answer']> })}
      >
        <div className={styles['answers']}>
          {isUnsaid(packet) ? <Radio value="not-needed" label="No, this payer does not ask for it" /> : null}
          <Radio value="approved" label="Yes, and it is approved" />
          {isUnsaid(packet) ? <Radio value="goes-without" label="It goes without an answer" /> : null}
        </div>
      </Radio.Group>
      {answer === 'approved' ? (
        <TextInput
          label="Number of the authorization"
          value={number}
          error={fault === 'number' ? faultWords(fault) : undefined}
          maxLength={60}
          autoComplete="off"
          onChange={(event) => put({ number: event.currentTarget.value })}
        />
      ) : null}
      {answer === 'goes-without' ? (
        <TextInput
          label="Why it goes without"
          value={reason}
          error={fault === 'reason' ? faultWords(fault) : undefined}
          maxLength={500}
          onChange={(event) => put({ reason: event.currentTarget.value })}
        />
      ) : null}
    </div>
  );
}
