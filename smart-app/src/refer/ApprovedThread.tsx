/** What became of a referral that was approved already, read without leaving the chart. */
import { Modal } from '@mantine/core';
import type { StatusNamesAnswer } from '@refloop/server/client/configuration';
import { useState } from 'react';
import { StatusNamesContext } from '../center/status-names.ts';
import { useAnswer } from '../center/use-answer.ts';
import { practiceTime } from '../words/practice-time.ts';
import { ThreadPanel } from '../worklist/ThreadPanel.tsx';
import type { Desk } from './desk.ts';

type Props = { desk: Pick<Desk, 'api' | 'fail'>; referralId: string };

export function ApprovedThread({ desk, referralId }: Props) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <button type="button" className="link" onClick={() => setOpened(true)}>
        See where it stands
      </button>
      <Modal opened={opened} onClose={close} title="The referral that was approved" withCloseButton={false} size="lg">
        {opened ? <Opened desk={desk} referralId={referralId} onClose={close} /> : null}
      </Modal>
    </>
  );
}

function Opened({ desk, referralId, onClose }: Props & { onClose: () => void }) {
  const [names] = useAnswer<StatusNamesAnswer>(desk.api, '/status-names', desk.fail);
  return (
    <StatusNamesContext value={names.kind === 'ready' ? names.value : undefined}>
      <ThreadPanel
        api={desk.api}
        onFail={desk.fail}
        referralId={referralId}
        news=""
        takesFocus
        alone={false}
        now={practiceTime}
        onActed={() => undefined}
        onClose={onClose}
      />
    </StatusNamesContext>
  );
}
