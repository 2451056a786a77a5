/** What is asked of the server about a packet, and what is told of it: one question at a time. */
import type { ChartLook } from '@refloop/server/client/chart-look';
import type {
  AuthorizationAnswer,
  PacketAnswer,
  PacketChange,
  PacketItemView,
  PacketSent,
  PacketView,
  SendPacket,
  Way,
} from '@refloop/server/client/packet';
import { useRef, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { failureText, isProblem, notDoneText } from '../session/api.ts';
import { saveFile } from '../session/save-file.ts';
import { downloadName } from '../words/file-words.ts';
import { lookWords, sentWords } from './packet-words.ts';

type Props = Pick<CenterProps, 'api' | 'onFail'> & { referralId: string; packet: PacketView; onChanged: () => void };

export type FileThatGoes = Extract<PacketItemView['file'], { goes: true }>;

/** What goes along is fetched from the EHR before it is sent. */
const SENDING_MILLISECONDS = 60_000;

export function usePacketFlow({ api, onFail, referralId, packet: read, onChanged }: Props) {
  const [changed, setChanged] = useState<PacketView>();
  const [told, setTold] = useState('');
  /** What came of the last look at the chart: told where it was asked for, far from what is told of sending. */
  const [looked, setLooked] = useState('');
  const [busy, setBusy] = useState(false);
  const [link, setLink] = useState<string>();
  const pressed = useRef<SendPacket>(undefined);
  const base = `/worklist/referrals/${encodeURIComponent(referralId)}/packet`;
  const isNewer = changed !== undefined && (changed.revision > read.revision || changed.sequence > read.sequence);
  const packet = isNewer ? changed : read;

  async function ask<Answer>(
    question: () => ReturnType<typeof api.call<Answer>>,
    refusedWords: string,
    tell = setTold,
  ): Promise<Answer | undefined> {
    setBusy(true);
    setTold('');
    setLooked('');
    const answered = await question();
    setBusy(false);
    if (answered.ok) return answered.value;
    if (answered.refusal.kind === 'session-ended') {
      onFail(answered.refusal);
      return undefined;
    }
    // What nobody answered is sent again as it was, under its key.
    if (answered.refusal.kind !== 'unreachable') pressed.current = undefined;
    tell(notDoneText(refusedWords, answered.refusal));
    if (isProblem(answered.refusal, 'conflict')) onChanged();
    return undefined;
  }

  const change = async (what: PacketChange): Promise<boolean> => {
    const body = { revision: packet.revision, what };
    const put = () => api.call<PacketAnswer>(base, { method: 'PUT', body, milliseconds: SENDING_MILLISECONDS });
    const answer = await ask(put, 'The packet was not changed.');
    if (answer?.standing === 'there') setChanged(answer.packet);
    return answer !== undefined;
  };

  /** Says of which files it was shown: what comes later is looked through anew. */
  const lookedThrough = (): Promise<boolean> => {
    const files = packet.items.flatMap(({ file, removed }) => (file?.goes && !removed ? [file.sha256] : []));
    return change({ change: 'check', files });
  };

  /** Looks in the chart for what is missing, as it is there now. */
  const lookAgain = async (): Promise<void> => {
    const look = () => api.call<ChartLook>(`${base}/chart-look`, { method: 'POST', body: {} });
    const answer = await ask(look, 'The chart was not read.', setLooked);
    if (!answer) return;
    setChanged(answer.packet);
    setLooked(lookWords(answer));
    if (answer.found.length > 0) onChanged();
  };

  const send = async (way: Way, address: string, authorization: AuthorizationAnswer | undefined): Promise<void> => {
    const press = pressed.current ?? {
      key: crypto.randomUUID(),
      sequence: packet.sequence,
      revision: packet.revision,
      way,
      ...(way === 'mail' ? { address } : {}),
      ...(authorization ? { authorization } : {}),
    };
    pressed.current = press;
    const sent = await ask(
      () => api.call<PacketSent>(`${base}/transmissions`, { method: 'POST', body: press, milliseconds: SENDING_MILLISECONDS }),
      'The packet was not sent.',
    );
    if (!sent) return;
    pressed.current = undefined;
    if (sent.link !== null) setLink(sent.link);
    setTold(sentWords(sent.way, { to: way === 'mail' ? address : packet.recipient.fax, specialist: sent.specialist }));
    onChanged();
  };

  const openFile = async (number: number, { sha256, contentType }: FileThatGoes): Promise<void> => {
    const answered = await api.file(`${base}/file`, { method: 'POST', body: { sha256 } });
    if (answered.ok) {
      saveFile(answered.value, downloadName(number, contentType));
      setTold('The file was handed to the browser.');
    } else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else {
      setTold(`The file was not opened. ${failureText(answered.refusal)}`);
      if (isProblem(answered.refusal, 'conflict')) onChanged();
    }
  };

  const takeFile = async (): Promise<void> => {
    const answered = await api.file(`${base}/pdf`);
    if (answered.ok) {
      saveFile(answered.value, 'referral.pdf');
      setTold('The PDF was handed to the browser.');
    } else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setTold(`The PDF could not be made. ${failureText(answered.refusal)}`);
  };

  return {
    packet,
    told,
    looked,
    busy,
    link,
    change,
    lookedThrough,
    lookAgain,
    send,
    takeFile,
    openFile,
    forgetLink: () => setLink(undefined),
    newPress: () => void (pressed.current = undefined),
  };
}

export type PacketFlow = ReturnType<typeof usePacketFlow>;
