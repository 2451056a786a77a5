/** The keys of a page, and the switch that turns the single ones off (WCAG 2.1.4). */
import { Modal, Switch } from '@mantine/core';
import styles from './KeysDialog.module.css';

type Props = {
  opened: boolean;
  /** Each key and what it does. */
  keys: readonly [string, string][];
  /** Which of them the switch is about: `j k, x`. */
  single: string;
  keysOn: boolean;
  onKeysOn: (on: boolean) => void;
  onClose: () => void;
};

export function KeysDialog({ opened, keys, single, keysOn, onKeysOn, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className={styles['keys']}>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <Switch mt="md" label={`Single keys work (${single})`} checked={keysOn} onChange={(event) => onKeysOn(event.currentTarget.checked)} />
    </Modal>
  );
}
