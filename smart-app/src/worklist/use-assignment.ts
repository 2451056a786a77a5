/** Giving referrals to somebody, and the one step back. */
import type { AssignAnswer, AssignRequest } from '@refloop/server/client/worklist';
import { useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { type ApiFailure, notDoneText } from '../session/api.ts';
import { type Assigned, notYetBack, requestsBack, requestsFor } from './assignment.ts';
import type { Listed } from './listed-rows.ts';

export type Assignment = {
  notice: string;
  /** Undefined where there is nothing to take back. */
  undo: (() => Promise<void>) | undefined;
  give: (referralIds: readonly string[], to: string) => Promise<void>;
};

const counted = (count: number): string => `${count} ${count === 1 ? 'referral' : 'referrals'}`;

export function useAssignment(
  { api, onFail }: Pick<CenterProps, 'api' | 'onFail'>,
  people: Listed['people'],
  onDone: () => Promise<void>,
): Assignment {
  const [notice, setNotice] = useState('');
  const [last, setLast] = useState<Assigned>([]);

  /** One after the other; what was done before one is refused stays done, and is told. */
  const send = async (requests: readonly AssignRequest[]): Promise<{ assigned: Assigned; refused: ApiFailure | undefined }> => {
    const assigned: Assigned = [];
    for (const body of requests) {
      const answered = await api.call<AssignAnswer>('/worklist/assignment', { method: 'POST', body });
      if (answered.ok) assigned.push(...answered.value.assigned);
      else {
        if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
        return { assigned, refused: answered.refusal };
      }
    }
    return { assigned, refused: undefined };
  };
  const give: Assignment['give'] = async (referralIds, to) => {
    const { assigned, refused } = await send(requestsFor(referralIds, to));
    setLast(assigned);
    const name = people.find(({ subject }) => subject === to)?.name ?? to;
    const given = assigned.length > 0 ? `${counted(assigned.length)} given to ${name}.` : '';
    setNotice([given, refused && notDoneText(given ? 'The others were not given.' : 'Not given.', refused)].filter(Boolean).join(' '));
    await onDone();
  };
  const undo = async (): Promise<void> => {
    const { assigned, refused } = await send(requestsBack(last));
    const without = last.filter(({ before }) => before === null).length;
    setLast(refused ? notYetBack(last, assigned) : []);
    setNotice(
      [
        assigned.length > 0 ? `${counted(assigned.length)} given back.` : '',
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
