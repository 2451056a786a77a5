/** The words of one message in each of its languages, with what is wrong with them and how they leave, while they are typed. */
import { Button, Group, Modal, Textarea } from '@mantine/core';
import { type ConfigurationContent, inOrder } from '@refloop/domain/configuration/configuration';
import { LANGUAGE_NAMES } from '@refloop/domain/configuration/configuration-difference';
import { faultsIn } from '@refloop/domain/configuration/configuration-faults';
import { ownWords, productWords, type SiteWords, TEMPLATE_RULES, type Template } from '@refloop/domain/configuration/templates';
import type { Language } from '@refloop/domain/patient/reading-grade';
import type { ConfigurationAnswer } from '@refloop/server/client/configuration';
import { type FormEvent, useState } from 'react';
import versions from '../versions/Versions.module.css';
import styles from './Configuration.module.css';
import { asItLeaves } from './message-preview.ts';

type Props = {
  template: Template;
  content: ConfigurationContent;
  answer: ConfigurationAnswer;
  onSave: (words: readonly SiteWords[]) => void;
  onClose: () => void;
};

export function MessageDialog({ template, content, answer, onSave, onClose }: Props) {
  const { name, languages, must, may, to } = TEMPLATE_RULES[template];
  const [typed, setTyped] = useState<Partial<Record<Language, string>>>(() =>
    Object.fromEntries(
      languages.map((language) => [language, ownWords(content.templates, template, language) ?? productWords(template, language)]),
    ),
  );
  const words = languages.map((language): SiteWords => ({ template, language, words: typed[language] ?? '' }));
  const { templates } = inOrder({ ...content, templates: words });
  const faults = faultsIn({ ...content, templates, statuses: [] }, { address: answer.address, practice: answer.entry.name });
  const faultOf = (language: Language): string | undefined =>
    faults
      .filter(({ field }) => field === `templates.${template}.${language}`)
      .map(({ message, fix }) => `${message} ${fix}`)
      .join(' ') || undefined;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (languages.every((language) => faultOf(language) === undefined)) onSave(templates);
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={name} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={save} className={versions['form']} noValidate>
        <p className="caption">
          Filled in when it leaves: {must.map((each) => `{${each}}`).join(', ')}, which have to stand in it
          {may.length > 0 ? `, and ${may.map((each) => `{${each}}`).join(', ')}` : ''}. Nothing may tell of a patient or of what they have.
          {to === 'patient' ? ' Eight years of school have to be enough for it.' : ''} Empty: as Refloop says it.
        </p>
        {languages.map((language, at) => (
          <div key={language} className={styles['edited']}>
            <Textarea
              {...(at === 0 ? { 'data-autofocus': true } : {})}
              label={LANGUAGE_NAMES[language]}
              lang={language}
              rows={to === 'office' ? 8 : 3}
              value={typed[language] ?? ''}
              error={faultOf(language)}
              maxLength={4000}
              onChange={(event) => setTyped({ ...typed, [language]: event.currentTarget.value })}
            />
            <p className={styles['words']} lang={language} data-preview>
              {asItLeaves(
                { template, language, words: ownWords(templates, template, language) ?? productWords(template, language) },
                content,
                answer,
              )}
            </p>
          </div>
        ))}
        <Group>
          <Button type="submit">Take over</Button>
          <Button variant="default" onClick={() => onSave([])}>
            As Refloop says it
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
        <p className="caption">Nothing is kept before you review all changes and say why.</p>
      </form>
    </Modal>
  );
}
