/** The packet of a referral before it goes: what is in, what is missing and what stays out; sent by one press, the way the office prefers. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { PacketView, Way } from '@refloop/server/client/packet';
import { type FormEvent, useRef, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { Chip } from '../ui/Chip.tsx';
import { copyText } from '../ui/copy-text.ts';
import { AuthorizationQuestion } from './AuthorizationQuestion.tsx';
import { type AuthorizationFault, answerOf, isAsked, isReady, UNANSWERED } from './authorization-draft.ts';
import styles from './Packet.module.css';
import { PacketContents } from './PacketContents.tsx';
import { type PacketFlow, usePacketFlow } from './packet-flow.ts';
import { sendWords, standingWords, WAY_NAMES, withheldWords } from './packet-words.ts';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  referralId: string;
  packet: PacketView;
  /** It is being put on record that it went by hand: nobody is asked the same beside it. */
  besideSent: boolean;
  onChanged: () => void;
};

export function PacketPanel(props: Props) {
  const flow = usePacketFlow(props);
  const { packet, told, link } = flow;
  const ready = isReady(packet);
  const asked = ready && isAsked(packet);
  const [chosen, setChosen] = useState<{ of: string; way: Way | undefined }>();
  const way = (chosen?.of === packet.referralId ? chosen.way : undefined) ?? preferredOf(packet);
  const onChoose = (next: Way | undefined): void => setChosen({ of: packet.referralId, way: next });
  return (
    <section className={styles['packet']} aria-label="Packet">
      <div className={styles['title']}>
        <h3>Packet{packet.variant === null ? '' : `: ${packet.variant.toLowerCase()}`}</h3>
        <Chip tone={ready && !asked ? 'good' : 'warn'}>{standingWords(packet)}</Chip>
      </div>
      <p className="caption">
        To {packet.recipient.name}, {packet.recipient.organization}. Authorization: {packet.authorization}.
        {packet.answerWithin === null ? '' : ` An answer is asked for within ${packet.answerWithin}.`}
      </p>
      {packet.holds.length === 0 ? null : (
        <ul className={styles['holds']} aria-label="What holds it">
          {packet.holds.map(({ kind, words }) => (
            <li key={kind}>{words}</li>
          ))}
        </ul>
      )}
      <Clearing flow={flow} />
      {packet.withheld > 0 ? <p>{withheldWords(packet.withheld)}</p> : null}
      <PacketContents flow={flow} way={way} />
      {link === undefined ? (
        <Sending key={packet.referralId} flow={flow} way={way} onChoose={onChoose} ready={ready} besideSent={props.besideSent} />
      ) : (
        <HandedLink flow={flow} link={link} />
      )}
      <output className="caption">{told}</output>
    </section>
  );
}

/** What lets a held packet go: a reason, or that somebody looked it through. */
function Clearing({ flow: { packet, looked, busy, change, lookedThrough, lookAgain } }: { flow: PacketFlow }) {
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState('');
  const override = async (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length < 3) return setWrong('Say in a few words why.');
    setWrong('');
    if (await change({ change: 'override', reason: reason.trim() })) setReason('');
    return undefined;
  };
  return (
    <>
      {packet.holds.some(({ kind }) => kind === 'incomplete') ? (
        <form className={styles['row']} onSubmit={(event) => void override(event)}>
          <TextInput
            className={styles['wide']}
            label="Why it goes without what is missing"
            value={reason}
            error={wrong}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={busy}>
            Let it go without
          </Button>
          <Button type="button" variant="default" loading={busy} onClick={() => void lookAgain()}>
            Read the chart again
          </Button>
          <p className="caption">What is missing is asked of the clinician who ordered, on their own list.</p>
        </form>
      ) : null}
      <output className={styles['looked']}>{looked}</output>
      {packet.override ? (
        <p className="caption">
          Goes without what is missing: “{packet.override.reason}” ({packet.override.by}).{' '}
          <button type="button" className="link" disabled={busy} onClick={() => void change({ change: 'take-override-back' })}>
            Take that back
          </button>
        </p>
      ) : null}
      {packet.holds.some(({ kind }) => kind === 'to-be-checked') ? (
        <Button variant="default" loading={busy} onClick={() => void lookedThrough()}>
          I have looked it through
        </Button>
      ) : null}
      {packet.checked ? <p className="caption">Looked through by {packet.checked.by}.</p> : null}
    </>
  );
}

const preferredOf = ({ ways }: PacketView): Way => ways.find(({ preferred }) => preferred)?.way ?? 'link';
const looksLikeMail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

type SendingProps = { flow: PacketFlow; way: Way; onChoose: (way: Way | undefined) => void; ready: boolean; besideSent: boolean };

function Sending({ flow, way, onChoose, ready, besideSent }: SendingProps) {
  const { packet, busy, send, takeFile, newPress } = flow;
  const mail = useRef<HTMLInputElement>(null);
  const [address, setAddress] = useState('');
  const [wrong, setWrong] = useState('');
  const [draft, setDraft] = useState(UNANSWERED);
  const [fault, setFault] = useState<AuthorizationFault>();
  const press = async (event: FormEvent) => {
    event.preventDefault();
    if (way === 'mail' && !looksLikeMail(address.trim())) {
      setWrong('Give the mail address of the office.');
      mail.current?.focus();
      return undefined;
    }
    setWrong('');
    const said = answerOf(packet, draft);
    setFault('fault' in said ? said.fault : undefined);
    if ('fault' in said) return undefined;
    await send(way, address.trim(), said.answer);
    return undefined;
  };
  const asPdf = (
    <Button variant="default" onClick={() => void takeFile()}>
      Read it as a PDF
    </Button>
  );
  if (besideSent) {
    return (
      <div className={styles['sending']}>
        <p className="caption">The form above puts on record that it went by hand. Close it to send it from here.</p>
        <div className={styles['row']}>{asPdf}</div>
      </div>
    );
  }
  return (
    <form className={styles['sending']} onSubmit={(event) => void press(event)}>
      <AuthorizationQuestion
        packet={packet}
        draft={draft}
        fault={fault}
        onChange={(next) => {
          newPress();
          setFault(undefined);
          setDraft(next);
        }}
      />
      <NativeSelect
        label="How it goes"
        value={way}
        data={packet.ways.map((each) => ({
          value: each.way,
          label: `${WAY_NAMES[each.way]}${each.preferred ? ', as the office prefers' : ''}${each.hindrance === null ? '' : `: ${each.hindrance}`}`,
          disabled: each.hindrance !== null,
        }))}
        onChange={(event) => {
          newPress();
          onChoose(packet.ways.find((each) => each.way === event.currentTarget.value)?.way);
        }}
      />
      {way === 'mail' ? (
        <TextInput
          ref={mail}
          label="Mail address of the office"
          type="email"
          value={address}
          error={wrong}
          maxLength={200}
          onChange={(event) => {
            newPress();
            setAddress(event.currentTarget.value);
          }}
        />
      ) : null}
      <div className={styles['row']}>
        <Button type="submit" disabled={!ready} loading={busy}>
          {sendWords(way)}
        </Button>
        {asPdf}
      </div>
    </form>
  );
}

function HandedLink({ flow, link }: { flow: PacketFlow; link: string }) {
  const [told, setTold] = useState('');
  const address = `${location.origin}/office#${link}`;
  return (
    <div className={styles['sending']}>
      <p className={styles['address']}>{address}</p>
      <p className="caption">It opens with the specialist’s NPI, five tries and no more. Any link made before it opens nothing any more.</p>
      <div className={styles['row']}>
        <Button
          variant="default"
          onClick={() =>
            void copyText(address).then((copied) => setTold(copied ? 'Copied.' : 'It could not be copied. Select it and copy it yourself.'))
          }
        >
          Copy
        </Button>
        <Button variant="default" onClick={flow.forgetLink}>
          Done
        </Button>
      </div>
      <output className="caption">{told}</output>
    </div>
  );
}
