/** One sentence of the note: its source on hover and focus, its text open to editing in place. */
import { Box, Button, Group, Popover, Textarea } from '@mantine/core';
import type { NoteDraft, Sentence } from '@refloop/server/client/recommendation';
import { type KeyboardEvent, useId, useState } from 'react';
import { focusNow } from '../ui/focus-now.ts';
import { plainDate } from '../words/plain-date.ts';
import styles from './NoteColumn.module.css';

type Source = NoteDraft['sources'][number];

// Text that breaks over lines: a button element would be one unbreakable box.
const ACTS_AS_BUTTON = { role: 'button', tabIndex: 0 } as const;

type Props = {
  sentence: Sentence;
  numbers: number[];
  sources: Source[];
  /** Whose words it is, where it is not the composer's: "edited by you". */
  own: string | undefined;
  locked: boolean;
  onEdit: (text: string) => void;
  onRemove: () => void;
  onRestore: (() => void) | undefined;
};

export function NoteSentence({ sentence, numbers, sources, own, locked, onEdit, onRemove, onRestore }: Props) {
  const [editing, setEditing] = useState<string>();
  const [shown, setShown] = useState(false);
  const id = useId();
  if (editing !== undefined) {
    const finish = () => {
      onEdit(editing);
      setEditing(undefined);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        setEditing(undefined);
      } else if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        finish();
      }
    };
    return (
      <span className={styles['editor']}>
        <Textarea
          ref={focusNow}
          aria-label="Edit sentence"
          value={editing}
          maxLength={4000}
          onChange={(event) => setEditing(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Group gap={8} mt={6}>
          <Button size="compact-sm" onClick={finish}>
            Keep
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setEditing(undefined)}>
            Cancel
          </Button>
          <Button size="compact-sm" variant="default" onClick={onRemove}>
            Remove sentence
          </Button>
          {onRestore ? (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                onRestore();
                setEditing(undefined);
              }}
            >
              Restore draft
            </Button>
          ) : null}
        </Group>
      </span>
    );
  }
  const open = () => {
    if (!locked) setEditing(sentence.text);
  };
  return (
    <Popover
      withRoles={false}
      opened={shown && (sources.length > 0 || own !== undefined)}
      position="bottom-start"
      width="target"
      withinPortal={false}
      shadow="md"
      transitionProps={{ duration: 0 }}
      middlewares={{ flip: true, shift: true }}
    >
      <Popover.Target>
        <Box
          component="span"
          {...ACTS_AS_BUTTON}
          aria-describedby={shown ? id : undefined}
          className={styles['sentence'] ?? ''}
          onMouseEnter={() => setShown(true)}
          onMouseLeave={() => setShown(false)}
          onFocus={() => setShown(true)}
          onBlur={() => setShown(false)}
          onClick={open}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === ' ') {
              event.preventDefault();
              open();
            } else if (event.key === 'Escape') setShown(false);
          }}
        >
          {sentence.text}
          {numbers.map((number) => (
            <sup key={number} className={`${styles['number']} num`}>
              <span className="sr-only"> source </span>
              {number}
            </sup>
          ))}
          {own === undefined ? null : <span className={styles['own']}> {own}</span>}
          {locked ? null : <span className="sr-only"> Edit sentence</span>}
        </Box>
      </Popover.Target>
      <Popover.Dropdown id={id} className={styles['source'] ?? ''} role="note">
        {sources.map((source) => (
          <span key={`${source.ref.type}/${source.ref.id}`} className={styles['excerpt']}>
            <strong>
              {source.title}
              {source.date && !source.title.includes(plainDate(source.date)) ? ` · ${plainDate(source.date)}` : ''}
            </strong>
            <span>{source.excerpt}</span>
          </span>
        ))}
        {sources.length === 0 ? <span>A sentence {own}; it needs no source.</span> : null}
      </Popover.Dropdown>
    </Popover>
  );
}
