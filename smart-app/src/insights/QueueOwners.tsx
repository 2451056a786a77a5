/** Who has what is open, those with most overdue first. */
import { Button } from '@mantine/core';
import type { QueueAnswer, QueueOwner } from '@refloop/server/client/queue';
import { useState } from 'react';
import center from '../center/CenterPage.module.css';
import { countText } from './figures.ts';
import type { QueueChoice } from './QueueRowsDialog.tsx';
import { daysSince } from './queue-words.ts';
import { Scroller } from './Scroller.tsx';

const FIRST = 10;
const nameOf = ({ name, owner }: QueueOwner): string => name ?? owner ?? 'Nobody';

export function QueueOwners({ answer: { owners, at }, onOpen }: { answer: QueueAnswer; onOpen: (choice: QueueChoice) => void }) {
  const [all, setAll] = useState(false);
  const shown = all ? owners : owners.slice(0, FIRST);
  return (
    <>
      <Scroller label="Who has it">
        <table className={`${center['table']} num`}>
          <thead>
            <tr>
              <th scope="col">With</th>
              <th scope="col">Open</th>
              <th scope="col">Overdue</th>
              <th scope="col">Due within a day</th>
              <th scope="col">Oldest, days</th>
              <th scope="col">Rows</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={each.owner ?? ''}>
                <th scope="row">{nameOf(each)}</th>
                <td>{countText(each.open)}</td>
                <td>{countText(each.overdue)}</td>
                <td>{countText(each.atRisk)}</td>
                <td>{countText(daysSince(each.oldest, at))}</td>
                <td>
                  {each.owner === null ? null : (
                    <Button
                      size="compact-sm"
                      variant="default"
                      onClick={() => onOpen({ owner: each.owner, title: nameOf(each) })}
                      aria-label={`Rows with ${nameOf(each)}`}
                    >
                      Rows
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {owners.length <= FIRST ? null : (
        <Button size="compact-sm" variant="default" onClick={() => setAll(!all)}>
          {all ? `Show the first ${FIRST}` : `Show all ${countText(owners.length)}`}
        </Button>
      )}
    </>
  );
}
