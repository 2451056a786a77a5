/** What patients and offices are written, as it leaves: filled in, in each language. The answer to a possible emergency is shown and cannot be changed. */
import { Button } from '@mantine/core';
import { LANGUAGE_NAMES } from '@refloop/domain/configuration/configuration-difference';
import { ownWords, productWords, type SiteWords, TEMPLATE_RULES, TEMPLATES, type Template } from '@refloop/domain/configuration/templates';
import { EMERGENCY_WORDS } from '@refloop/domain/patient/messages';
import { useState } from 'react';
import { Chip } from '../ui/Chip.tsx';
import versions from '../versions/Versions.module.css';
import styles from './Configuration.module.css';
import { MessageDialog } from './MessageDialog.tsx';
import { asItLeaves } from './message-preview.ts';
import type { PartProps } from './part.ts';

export function MessagesPart({ answer, content, changes, onChange }: PartProps) {
  const [open, setOpen] = useState<Template>();
  const put = (template: Template, words: readonly SiteWords[]) => {
    onChange({ ...content, templates: [...content.templates.filter((each) => each.template !== template), ...words] });
    setOpen(undefined);
  };
  return (
    <section className={versions['part']} aria-labelledby="messages">
      <h2 id="messages">Messages</h2>
      <p className="caption">As they leave. The Spanish is for a qualified translator’s review before it is used.</p>
      <ul className={`${versions['rows']} ${styles['messages']}`}>
        {TEMPLATES.map((template) => {
          const { name, languages } = TEMPLATE_RULES[template];
          const own = languages.filter((language) => ownWords(content.templates, template, language) !== undefined);
          return (
            <li key={template}>
              <div className={styles['message']}>
                <span className={styles['name']}>
                  <strong>{name}</strong>
                  {own.length > 0 ? <Chip tone="info">in your words: {own.map((each) => LANGUAGE_NAMES[each]).join(', ')}</Chip> : null}
                </span>
                <div className={styles['languages']}>
                  {languages.map((language) => (
                    <p key={language} lang={language} className={styles['words']}>
                      {asItLeaves(
                        { template, language, words: ownWords(content.templates, template, language) ?? productWords(template, language) },
                        content,
                        answer,
                      )}
                    </p>
                  ))}
                </div>
              </div>
              {changes ? (
                <Button size="compact-sm" variant="default" aria-label={`Change: ${name}`} onClick={() => setOpen(template)}>
                  Change…
                </Button>
              ) : null}
            </li>
          );
        })}
        <li>
          <div className={styles['message']}>
            <strong>Answer to a possible emergency</strong>
            <div className={styles['languages']}>
              <p className={styles['words']}>{EMERGENCY_WORDS.en}</p>
              <p className={styles['words']} lang="es">
                {EMERGENCY_WORDS.es}
              </p>
            </div>
            <p className="caption">The same everywhere: it cannot be changed.</p>
          </div>
        </li>
      </ul>
      {open ? (
        <MessageDialog
          template={open}
          content={content}
          answer={answer}
          onSave={(words) => put(open, words)}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </section>
  );
}
