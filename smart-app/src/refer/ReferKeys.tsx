/** The keys of the Refer page. */
import type { ComponentProps } from 'react';
import { KeysDialog } from '../ui/KeysDialog.tsx';

const keys = (sends: boolean): readonly [string, string][] => [
  ['1 2 3', 'Pick a specialist (while the list has the focus)'],
  ['/', 'Someone else (while the list has the focus)'],
  ['e', 'Edit the note (while the list has the focus)'],
  ['Ctrl or ⌘ + Enter', sends ? 'Send to sign' : 'Approve'],
  ['Esc', sends ? 'Close' : 'Undo an approval that has not left, or close'],
  ['?', 'This list'],
];

/** `sends`: of a preparer, who approves nothing. */
type Props = Omit<ComponentProps<typeof KeysDialog>, 'keys' | 'single'> & { sends: boolean };

export const ReferKeys = ({ sends, ...props }: Props) => <KeysDialog {...props} keys={keys(sends)} single="1 2 3, /, e, ?" />;
