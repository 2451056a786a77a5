/** The key of the press that is under way: pressed again where no answer came, it is still the same. */
import type { OfficeRequest } from '@refloop/server/client/office';
import { useRef } from 'react';
import type { OfficeNote } from './office-api.ts';

/** `done`: it was answered, so that the next press is another. */
type Press = { keyOf: (what: OfficeRequest | OfficeNote) => string; done: () => void };

export function usePress(): Press {
  const press = useRef<{ what: string; key: string }>(undefined);
  return {
    keyOf: (what) => {
      const same = JSON.stringify(what.act === 'note' ? [what.form, what.file.name, what.file.size, what.file.lastModified] : what);
      if (press.current?.what !== same) press.current = { what: same, key: crypto.randomUUID() };
      return press.current.key;
    },
    done: () => {
      press.current = undefined;
    },
  };
}
