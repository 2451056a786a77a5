/** The keys, and the switch that turns the single ones off (WCAG 2.1.4). */
import { Modal, Switch } from '@mantine/core';
import styles from './KeysDialog.module.css';

const keys = (sends: boolean): readonly [string, string][] => [
  ['1 2 3', 'Pick a specialist (while the list has the focus)'],
  ['/', 'Someone else (while the list has the focus)'],
  ['e', 'Edit the note (while the list has the focus)'],
  ['Ctrl or ⌘ + Enter', sends ? 'Send to sign' : 'Approve'],
  ['Esc', sends ? 'Close' : 'Undo an approval that has not left, or close'],
  ['?', 'This list'],
];

/** `sends`: of a preparer, who approves nothing. */
type Props = { opened: boolean; sends: boolean; keysOn: boolean; onKeysOn: (on: boolean) => void; onClose: () => void };

export function KeysDialog({ opened, sends, keysOn, onKeysOn, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className={styles['keys']}>
        {keys(sends).map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <Switch
        mt="md"
        label="Single keys work (1 2 3, /, e, ?)"
        checked={keysOn}
        onChange={(event) => onKeysOn(event.currentTarget.checked)}
      />
    </Modal>
  );
}
