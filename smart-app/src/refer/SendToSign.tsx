/** To whom it is sent, and a word along with it. */
import { Button, Group, Modal, Select, Textarea } from '@mantine/core';
import type { Signer } from '@refloop/server/client/pend';
import { type FormEvent, useState } from 'react';
import type { Desk } from './desk.ts';
import { sendToSign } from './pend-flow.ts';

type Props = { desk: Desk; signers: readonly Signer[] | undefined; onClose: () => void };

export function SendToSign({ desk, signers, onClose }: Props) {
  const [signer, setSigner] = useState<string | null>(signers?.[0]?.subject ?? null);
  const [note, setNote] = useState('');
  const [refused, setRefused] = useState('');
  const [busy, setBusy] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (signer === null) return setRefused('Choose the clinician who signs.');
    setBusy(true);
    void sendToSign(desk, { for: signer, note: note.trim() })
      .then((why) => (why === undefined ? onClose() : setRefused(why)))
      .finally(() => setBusy(false));
  };
  return (
    <Modal opened onClose={onClose} title="Send to sign" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={send}>
        <p>
          The clinician finds it first when they open this patient’s chart, and on their own list. You can take it back until it is signed.
        </p>
        <Select
          mt="sm"
          label="Clinician who signs"
          data={(signers ?? []).map(({ subject, name }) => ({ value: subject, label: name }))}
          value={signer}
          allowDeselect={false}
          onChange={setSigner}
          comboboxProps={{ withinPortal: true }}
        />
        <Textarea
          data-autofocus
          mt="sm"
          label="Note to the clinician"
          description="Optional. No part of the referral."
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {refused ? <p role="alert">{refused}</p> : null}
        <Group mt="md">
          <Button type="submit" disabled={busy}>
            Send
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
