/** Where the EHR takes no documents: the note is copied, or downloaded as a PDF, and filed by hand. */
import { Button } from '@mantine/core';
import { plainNote } from '../note/working-copy.ts';
import type { Desk, DeskState } from '../refer/desk.ts';
import { copyText } from '../ui/copy-text.ts';
import { takePacket } from './take-packet.ts';

type Props = { desk: Desk; sentences: DeskState['sentences']; planId: string };

export function NoteToTake({ desk, sentences, planId }: Props) {
  const copy = () => {
    void copyText(plainNote(sentences)).then((copied) =>
      desk.store.set({
        notice: copied ? 'The note was copied.' : 'The browser did not allow copying. Select the note and copy it yourself.',
      }),
    );
  };
  return (
    <>
      {sentences.length > 0 ? (
        <Button variant="default" onClick={copy}>
          Copy the note
        </Button>
      ) : null}
      <Button variant="default" onClick={() => void takePacket(desk, planId)}>
        Download the PDF
      </Button>
    </>
  );
}
