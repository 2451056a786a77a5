/** What each part of the page is given: all of the content, to hand back with its change in it. */
import type { ConfigurationContent } from '@refloop/domain/configuration/configuration';
import type { ConfigurationAnswer } from '@refloop/server/client/configuration';

export type PartProps = {
  answer: ConfigurationAnswer;
  content: ConfigurationContent;
  /** Whether this version can be changed, by whoever looks at it. */
  changes: boolean;
  /** What is wrong with a field and how it is mended; undefined where nothing is. */
  faultOf: (field: string) => string | undefined;
  onChange: (content: ConfigurationContent) => void;
};
