/** See `make-repository.mjs`; a script of plain JavaScript, so that it needs no build. */
export declare const makeRepository: (target?: string) => { path: string; created: boolean; commits: Record<string, string> };
