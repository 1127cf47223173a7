export type FileKind = 'source' | 'tests' | 'docs' | 'changelog';

const isTest = /(?:^|[/._-])(?:tests?|specs?|__tests__)(?:[/._-]|$)/i;
const isChangelog =
  /(?:^|\/)(?:(?:changelog|changes|history|news|release[-_]?notes)(?:\.(?:md|txt|rst|adoc))?$|\.changeset\/|changelog\.d\/)/i;
const isDocumentation = /(?:^|\/)(?:docs?|documentation|man)\/|(?:^|\/)readme(?:\.\w+)?$|\.(?:md|mdx|rst|adoc)$/i;

/** What a file is to whoever reviews a change, by the names that projects give. */
export const kindOfFile = (path: string): FileKind =>
  isTest.test(path) ? 'tests' : isChangelog.test(path) ? 'changelog' : isDocumentation.test(path) ? 'docs' : 'source';
