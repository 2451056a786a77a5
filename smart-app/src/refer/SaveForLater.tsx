/** The draft is kept on the server; this says so, and keeps it at once. */
import { Button } from '@mantine/core';
import { saveNow } from '../note/autosave.ts';
import type { Desk, DeskState } from './desk.ts';

export function saveText(state: DeskState): string {
  switch (state.save.kind) {
    case 'saved':
      return state.draft.kind === 'ready' ? 'Draft saved' : '';
    case 'unsaved':
    case 'saving':
      return 'Saving';
    case 'kept-here':
      return 'The server does not answer. Your draft is kept in this page and saved as soon as it is back';
    case 'conflict':
      return '';
    case 'refused':
      return `Draft not saved. ${state.save.text}`;
  }
}

export function SaveForLater({ desk }: { desk: Desk }) {
  const save = () => {
    void saveNow(desk).then(() => {
      if (desk.store.get().save.kind === 'saved')
        desk.store.set({ notice: 'Saved for later. It is offered when you open Refloop on this patient again.' });
    });
  };
  return (
    <Button variant="default" onClick={save}>
      Save for later
    </Button>
  );
}
