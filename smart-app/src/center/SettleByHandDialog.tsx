/** The order was placed in the chart by hand, where the EHR takes none from Refloop: said by who approved it. */
import { Button, Group, Modal, Textarea } from '@mantine/core';
import type { UnfinishedRow } from '@refloop/server/client/work';
import { type FormEvent, useState } from 'react';

type Props = { row: UnfinishedRow; onClose: () => void; onSettle: (note: string) => void };

export function SettleByHandDialog({ row, onClose, onSettle }: Props) {
  const [note, setNote] = useState('');
  const [missing, setMissing] = useState(false);
  const settle = (event: FormEvent) => {
    event.preventDefault();
    if (note.trim().length < 3) return setMissing(true);
    onSettle(note.trim());
  };
  return (
    <Modal opened onClose={onClose} title={`Done by hand: ${row.reference}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={settle}>
        <p>{row.detail}</p>
        <Textarea
          data-autofocus
          mt="sm"
          label="What was done"
          maxLength={500}
          value={note}
          error={missing ? 'Say in a few words what was done.' : undefined}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group mt="md">
          <Button type="submit">Settle</Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
