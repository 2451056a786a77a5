/** How a form that puts something on record ends: why it was refused, and the press that sends it, or looks again where something came between. */
import { Button } from '@mantine/core';
import styles from './Thread.module.css';

type Props = {
  /** Why nothing was put on record; empty where nothing was refused. */
  refused: string;
  sending: boolean;
  /** What came between, where something did since the form was opened. */
  changed: string | undefined;
  onLook: () => void;
  onClose: () => void;
};

export const RecordButtons = ({ refused, sending, changed, onLook, onClose }: Props) => (
  <>
    {refused ? (
      <p role="alert" className={styles['refused']}>
        {refused}
      </p>
    ) : null}
    <div className={styles['buttons']}>
      {changed === undefined ? (
        <Button key="send" type="submit" loading={sending}>
          Put on record
        </Button>
      ) : (
        // Another button, and not the same one as a submit: the press that looked would send the form.
        <Button key="look" variant="default" onClick={onLook}>
          I have looked at it again
        </Button>
      )}
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
    </div>
    {changed === undefined ? null : <output className="caption">{changed}</output>}
  </>
);
