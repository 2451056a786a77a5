/** Giving referrals to somebody, and the one step back. */
import type { AssignAnswer, AssignRequest } from '@refloop/server/client/worklist';
import { useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { type ApiFailure, notDoneText } from '../session/api.ts';
import { type Assigned, counted, givenWords, type Left, notYetBack, requestsBack, requestsFor } from './assignment.ts';
import type { Listed } from './listed-rows.ts';

export type Assignment = {
  notice: string;
  /** Undefined where there is nothing to take back. */
  undo: (() => Promise<void>) | undefined;
  give: (referralIds: readonly string[], to: string) => Promise<void>;
};

export function useAssignment(
  { api, onFail }: Pick<CenterProps, 'api' | 'onFail'>,
  people: Listed['people'],
  onDone: () => Promise<void>,
): Assignment {
  const [notice, setNotice] = useState('');
  const [last, setLast] = useState<Assigned>([]);

  /** One after the other; what was done before one is refused stays done, and is told. */
  const send = async (requests: readonly AssignRequest[]): Promise<AssignAnswer & { refused: ApiFailure | undefined }> => {
    const assigned: Assigned = [];
    const left: Left = [];
    for (const body of requests) {
      const answered = await api.call<AssignAnswer>('/worklist/assignment', { method: 'POST', body });
      if (answered.ok) {
        assigned.push(...answered.value.assigned);
        left.push(...answered.value.left);
      } else {
        if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
        return { assigned, left, refused: answered.refusal };
      }
    }
    return { assigned, left, refused: undefined };
  };
  const give: Assignment['give'] = async (referralIds, to) => {
    const { refused, ...answered } = await send(requestsFor(referralIds, to));
    setLast(answered.assigned);
    const said = givenWords(answered, people.find(({ subject }) => subject === to)?.name ?? to);
    const missed = refused && notDoneText(said.length > 0 ? 'The others were not given.' : 'Not given.', refused);
    setNotice([...said, missed].filter(Boolean).join(' '));
    await onDone();
  };
  const undo = async (): Promise<void> => {
    const { assigned, left, refused } = await send(requestsBack(last));
    const without = last.filter(({ before }) => before === null).length;
    setLast(refused ? notYetBack(last, [...assigned, ...left]) : []);
    setNotice(
      [
        assigned.length > 0 ? `${counted(assigned.length)} given back.` : '',
        left.length > 0 ? `${counted(left.length)} stayed as ${left.length === 1 ? 'it is' : 'they are'}.` : '',
        without > 0 ? `${counted(without)} had nobody before, and stayed.` : '',
        refused && notDoneText(assigned.length > 0 ? 'The others were not given back.' : 'Not given back.', refused),
      ]
        .filter(Boolean)
        .join(' '),
    );
    await onDone();
  };
  return { notice, undo: last.length > 0 ? undo : undefined, give };
}
