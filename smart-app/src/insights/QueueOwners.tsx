/** Who has what is open, those with most overdue first. */
import { Button } from '@mantine/core';
import type { QueueAnswer } from '@refloop/server/client/queue';
import { useState } from 'react';
import { countText } from './figures.ts';
import styles from './Insights.module.css';
import type { QueueChoice } from './QueueRowsDialog.tsx';
import { QueueTable } from './QueueTable.tsx';

const FIRST = 10;

export function QueueOwners({ answer: { owners, at }, onOpen }: { answer: QueueAnswer; onOpen: (choice: QueueChoice) => void }) {
  const [all, setAll] = useState(false);
  const lines = (all ? owners : owners.slice(0, FIRST)).map((each) => {
    const name = each.name ?? each.owner ?? 'Nobody';
    return {
      ...each,
      key: each.owner ?? '',
      name,
      onRows: each.owner === null ? undefined : () => onOpen({ owner: each.owner, title: name }),
    };
  });
  return (
    <>
      <QueueTable label="Who has it" of="With" lines={lines} at={at} />
      {owners.length <= FIRST ? null : (
        <Button className={styles['start']} size="compact-sm" variant="default" onClick={() => setAll(!all)}>
          {all ? `Show the first ${FIRST}` : `Show all ${countText(owners.length)}`}
        </Button>
      )}
    </>
  );
}
