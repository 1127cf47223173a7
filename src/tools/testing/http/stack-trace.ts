/** What stack traces look like, also inside HTML or JSON. Each pattern is bounded, so that a hostile page costs no more than its length. */
const shapes: Record<string, RegExp> = {
  JavaScript:
    /\bat (?:[^\n<()]{1,200} \()?(?:(?:file:\/\/|node:|[a-z]:\\|\/)[^\s()<"]{1,300}|[\w@.\\/-]{1,300}\.[cm]?[jt]sx?):\d{1,6}:\d{1,6}/i,
  Python: /Traceback \(most recent call last\)|File (?:"|&quot;|&#34;|\\")[^"\n<&]{1,300}(?:"|&quot;|&#34;|\\"), line \d{1,6}, in /,
  Java: /\bat (?:[\w$./@-]{1,300})\.[\w$<>]{1,100}\((?:[\w$]{1,100}\.(?:java|kt|scala|groovy):\d{1,6}|Native Method|Unknown Source)\)/,
  Go: /\bgoroutine \d{1,9} \[[a-z][^\]\n]{0,100}\]:/,
};

/** The language whose stack trace the text holds, or null. */
export const findStackTrace = (text: string): string | null => Object.entries(shapes).find(([, shape]) => shape.test(text))?.[0] ?? null;
