/** @jsxRuntime automatic @jsxImportSource preact */
import { renderToString } from 'preact-render-to-string';
import type { ReleaseView } from '../desk/view/release-view.js';
import type { PageAssets } from './page-assets.js';
import { ReleasePage } from './release-page.js';

/** The page of a release, frozen: one file that needs no server and no network. Without scripts everything but the pictures is there. */
export const reportPage = (view: ReleaseView, { script, style }: PageAssets): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(`${view.service} ${view.version}: ${view.outcome ?? view.state}`)}</title><style>${style}</style></head>
<body><main id="page">${renderToString(<ReleasePage view={view} />)}</main>
<script type="application/json" id="view">${dataIn(view)}</script><script type="module">${codeIn(script)}</script></body></html>
`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** No text that was recorded, and none of the script, ends the element that holds it. */
const dataIn = (view: ReleaseView): string => JSON.stringify(view).replaceAll('<', '\\u003c');
const codeIn = (script: string): string => script.replace(/<\/(script)/gi, '<\\/$1');
