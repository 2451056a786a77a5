/** A sentence of the clinician's own; it needs no source, because the clinician signs it. */
import { Button, Group, Select, Textarea } from '@mantine/core';
import type { Sentence } from '@refloop/server/client/recommendation';
import { useState } from 'react';
import { focusNow } from '../ui/focus-now.ts';
import styles from './NoteColumn.module.css';
import { addSentence, SECTION_NAMES, SECTIONS } from './working-copy.ts';

const isSection = (value: string | null): value is Sentence['section'] => SECTIONS.some((section) => section === value);

export function AddSentence({ sentences, onAdd }: { sentences: readonly Sentence[]; onAdd: (sentences: Sentence[]) => void }) {
  const [text, setText] = useState<string>();
  const [section, setSection] = useState<Sentence['section']>('request');
  if (text === undefined) {
    return (
      <p className={styles['add']}>
        <button type="button" className="link" onClick={() => setText('')}>
          Add a sentence
        </button>
      </p>
    );
  }
  const add = () => {
    onAdd(addSentence(sentences, `own-${crypto.randomUUID()}`, section, text));
    setText(undefined);
  };
  return (
    <div className={styles['add']}>
      <Textarea
        ref={focusNow}
        label="Your sentence"
        maxLength={4000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Select
        label="Section"
        data={SECTIONS.map((value) => ({ value, label: SECTION_NAMES[value] }))}
        value={section}
        allowDeselect={false}
        onChange={(value) => {
          if (isSection(value)) setSection(value);
        }}
      />
      <Group gap={8}>
        <Button size="compact-sm" onClick={add}>
          Add
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => setText(undefined)}>
          Cancel
        </Button>
      </Group>
    </div>
  );
}
