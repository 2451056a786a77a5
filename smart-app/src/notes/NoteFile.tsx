/** The file itself, a press away: a PDF opens beside the page, anything else is saved for the program that reads it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { failureText } from '../session/api.ts';
import { saveFile } from '../session/save-file.ts';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  path: string;
  note: { isPdf: boolean; fileName: string };
};

export function NoteFile({ api, onFail, path, note: { isPdf, fileName } }: Props) {
  const [failed, setFailed] = useState('');
  const get = async () => {
    setFailed('');
    const file = await api.file(path);
    if (!file.ok) {
      if (file.refusal.kind === 'session-ended') onFail(file.refusal);
      else setFailed(`Not opened. ${failureText(file.refusal)}`);
      return;
    }
    // It comes as bytes and nothing else; only what was found to be a PDF is shown as one.
    if (isPdf) window.open(URL.createObjectURL(new Blob([file.value], { type: 'application/pdf' })), '_blank', 'noopener');
    else saveFile(file.value, fileName);
  };
  return (
    <div>
      <Button size="compact-sm" variant="default" onClick={() => void get()}>
        {isPdf ? 'Open the note as it came' : `Save the note as it came (${fileName.split('.').at(-1)})`}
      </Button>
      {failed === '' ? null : <p role="alert">{failed}</p>}
    </div>
  );
}
