/** What this site calls a status, wherever staff see one. Until it is known, and for what it does not name, the word itself. */
import type { StatusNamesAnswer } from '@refloop/server/client/configuration';
import { createContext, useContext } from 'react';

export const StatusNamesContext = createContext<StatusNamesAnswer | undefined>(undefined);

/** @returns for a status its name; an en dash where there is none */
export function useStatusName(): (status: string | null | undefined) => string {
  const known = useContext(StatusNamesContext);
  return (status) => {
    if (status === null || status === undefined) return '–';
    return known?.statuses.find((each) => each.status === status)?.name ?? status.replaceAll('-', ' ');
  };
}
