/** A note that stands with the wrong patient or the wrong referral: whose it is, how one knows, and what follows. */
import { Button, Group, Modal, NativeSelect, Textarea } from '@mantine/core';
import type { ToReviewRow, UnlinkRequest } from '@refloop/server/client/work';
import { type FormEvent, useState } from 'react';
import { MISFILED_CHOICES, NAME_NOBODY, UNLINK_WARNING } from '../worklist/acts.ts';

type Said = Pick<UnlinkRequest, 'because' | 'reason'>;
type Props = { row: Pick<ToReviewRow, 'patientName' | 'performerName'>; onClose: () => void; onUnlink: (said: Said) => void };

const SHORTEST = 3;

export function UnlinkNoteDialog({ row: { patientName, performerName }, onClose, onUnlink }: Props) {
  const [because, setBecause] = useState<Said['because']>('other-patient');
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const unlink = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length < SHORTEST) return setMissing(true);
    return onUnlink({ because, reason: reason.trim() });
  };
  return (
    <Modal opened onClose={onClose} title={`Take the note off: ${patientName}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={unlink} noValidate>
        <p>The note from {performerName} is not of this patient, or not of this referral.</p>
        <p>{UNLINK_WARNING}</p>
        <NativeSelect
          data-autofocus
          mt="sm"
          label="Whose it is"
          data={[...MISFILED_CHOICES]}
          value={because}
          onChange={(event) => setBecause(event.currentTarget.value === 'other-referral' ? 'other-referral' : 'other-patient')}
        />
        <Textarea
          mt="sm"
          label="How you know, in a few words"
          description={NAME_NOBODY}
          maxLength={500}
          value={reason}
          error={missing && reason.trim().length < SHORTEST ? 'Say in a few words how you know.' : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group mt="md">
          <Button type="submit">Take it off</Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
