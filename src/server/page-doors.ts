import type { PageAssets } from '../page/page-assets.js';
import type { Door } from './create-server-app.js';

/** Scripts, styles and data from this server and from nowhere else; the page is in no other page's frame. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const shell = (title: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/assets/page.css"></head>
<body><div id="page"></div><noscript><p>This page needs scripts; the command and the API do not.</p></noscript><script type="module" src="/assets/page.js"></script></body></html>
`;

/** The page and what it is made of: shown to whoever reaches the server, as nothing of it says anything of a release. */
export const pageDoors = ({ script, style }: PageAssets): Door[] => [
  door('/', 'text/html', shell('Releases')),
  door('/assets/page.js', 'text/javascript', script),
  door('/assets/page.css', 'text/css', style),
];

const door = (path: string, type: string, body: string): Door => ({
  path,
  open: true,
  handle: () =>
    new Response(body, {
      headers: { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': policy, 'cache-control': 'no-cache' },
    }),
});
