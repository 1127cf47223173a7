/** @jsxRuntime automatic @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { ReleaseSummary, Requested } from '../desk/desk-contract.js';
import type { HistoryView } from '../desk/view/history-view.js';
import type { Api } from './api.js';
import { Form } from './form.js';
import { Badge, Section, Table } from './parts.js';
import { useFollowed } from './use-followed.js';
import { dateTime, number, seconds, span } from './words.js';

/** Releases and where each stands, a place to ask for one, and what has been deployed so far. */
export const HomePage = ({ api }: { api: Api }) => {
  const { data, trouble } = useFollowed<{ releases: ReleaseSummary[] }>(api, '/api/releases', '/api/events');
  const { data: history } = useFollowed<HistoryView>(api, '/api/history', '/api/events');
  return (
    <>
      <h1>Releases</h1>
      {trouble !== null && <p class="trouble">{trouble}</p>}
      <RequestBox api={api} />
      {data !== null && data.releases.length === 0 && <p>No release yet.</p>}
      <Table
        label="Releases"
        heads={['release', 'version', 'state', 'why', 'asked by', 'since']}
        rows={(data?.releases ?? []).map((one) => [
          <a href={`#/releases/${one.release}`}>{one.release}</a>,
          `${one.service} ${one.version}${one.features.length > 0 ? ` with ${one.features.join(', ')}` : ''}${one.simulated ? ' (simulated)' : ''}`,
          <Badge outcome={one.outcome ?? one.state} />,
          one.reason,
          one.requestedBy,
          dateTime(one.createdAt),
        ])}
      />
      {history !== null && <History history={history} />}
    </>
  );
};

const RequestBox = ({ api }: { api: Api }) => {
  const [answer, setAnswer] = useState<Requested | null>(null);
  const [trouble, setTrouble] = useState('');
  const request = async (sentence: string): Promise<Requested> => {
    setTrouble('');
    const requested = await api.post<Requested>('/api/releases', { request: sentence });
    setAnswer(requested);
    return requested;
  };
  const ask = async (sentence: string) => {
    if ((await request(sentence)).kind === 'unclear') throw new Error('That is not clear yet, and nothing has begun.'); // the words stay
  };
  const choose = (sentence: string) =>
    request(sentence).catch((error: unknown) => setTrouble(error instanceof Error ? error.message : 'The server did not answer.'));
  return (
    <div class="card">
      <Form
        key={answer?.kind === 'accepted' ? answer.release : 'open'}
        label="Ask for a release, for example: ship storefront v2.2.0 to staging"
        actions={[{ name: 'Ask', does: ask }]}
      />
      <p role="status">
        {answer?.kind === 'accepted' && (
          <>
            {answer.understood} <a href={`#/releases/${answer.release}`}>Follow it</a>
          </>
        )}
        {answer?.kind === 'unclear' && answer.question}
      </p>
      {answer?.kind === 'unclear' &&
        answer.sentences.map((sentence, index) => (
          <button key={sentence} type="button" title={sentence} onClick={() => void choose(sentence)}>
            {answer.choices[index]}
          </button>
        ))}
      {trouble !== '' && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
};

const History = ({ history: { deployments, dora } }: { history: HistoryView }) => {
  const { deploymentFrequencyPerDay, leadTimeForChangesMs, changeFailureRate, timeToRestoreMs } = dora;
  const rows = [
    { name: 'deployment frequency', metric: deploymentFrequencyPerDay, say: (value: number) => `${number(value)} a day` },
    { name: 'lead time for changes', metric: leadTimeForChangesMs, say: span },
    { name: 'change failure rate', metric: changeFailureRate, say: (value: number) => `${number(value * 100)} %` },
    { name: 'time to restore', metric: timeToRestoreMs, say: span },
  ];
  return (
    <Section title="History">
      <Table
        label="DORA metrics"
        heads={['metric', 'value', 'from', 'why']}
        rows={rows.map(({ name, metric, say }) => [
          name,
          metric.value === 'unknown' ? 'unknown' : say(metric.value),
          String(metric.of),
          metric.why,
        ])}
      />
      <Table
        label="Deployments"
        heads={['time', 'release', 'environment', 'version', 'took', 'status', 'why']}
        rows={deployments.map((one) => [
          dateTime(one.at),
          <a href={`#/releases/${one.release}`}>{one.release}</a>,
          one.environment,
          one.version,
          seconds(one.durationMs),
          <Badge outcome={one.status} />,
          one.reason,
        ])}
      />
    </Section>
  );
};
