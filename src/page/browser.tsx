/** @jsxRuntime automatic @jsxImportSource preact */
import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ReleaseView } from '../desk/view/release-view.js';
import { openApi, Refused } from './api.js';
import { drawChart } from './draw-chart.js';
import { Form } from './form.js';
import { HomePage } from './home-page.js';
import { LiveRelease } from './live-release.js';
import { ReleasePage } from './release-page.js';

const tokenKey = 'langgraph-staging-token';

/** The address may bring the token (`#token=…`); it is kept for this tab alone and taken out of the address. */
const tokenGiven = (): string => {
  const given = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (given === undefined) return sessionStorage.getItem(tokenKey) ?? '';
  sessionStorage.setItem(tokenKey, given);
  history.replaceState(null, '', '#/');
  return given;
};

const App = () => {
  const [token, setToken] = useState(tokenGiven);
  const [place, setPlace] = useState(location.hash);
  const api = useMemo(() => openApi(token), [token]);
  useEffect(() => {
    const moved = () => setPlace(location.hash);
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  const enter = async (given: string) => {
    await openApi(given)
      .get('/api/releases?limit=1')
      .catch((error: unknown) => {
        throw error instanceof Refused && error.status === 401 ? new Error('No such token is known here.') : error;
      });
    sessionStorage.setItem(tokenKey, given);
    setToken(given);
  };
  const leave = () => {
    sessionStorage.removeItem(tokenKey);
    setToken('');
  };
  if (token === '')
    return (
      <main>
        <h1>Releases</h1>
        <p>The command that started this server has printed a token, and its configuration may name others.</p>
        <Form label="Token" secret actions={[{ name: 'Enter', does: enter }]} />
      </main>
    );
  const id = /^#\/releases\/([\w-]+)$/.exec(place)?.[1];
  return (
    <>
      <nav aria-label="Pages">
        <a href="#/">Releases</a>
        <a href="#/" onClick={leave}>
          Leave
        </a>
      </nav>
      <main>{id === undefined ? <HomePage api={api} /> : <LiveRelease key={id} api={api} id={id} />}</main>
    </>
  );
};

const frozen = document.getElementById('view')?.textContent;
const page = document.getElementById('page');
if (page !== null && frozen != null)
  render(<ReleasePage view={JSON.parse(frozen) as ReleaseView} draw={drawChart} />, page); // the report's own data
else if (page !== null) render(<App />, page);
