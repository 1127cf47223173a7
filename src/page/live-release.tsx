/** @jsxRuntime automatic @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { ReleaseView } from '../desk/view/release-view.js';
import type { Api } from './api.js';
import { useFollowed } from './use-followed.js';
import { drawChart } from './draw-chart.js';
import { Form } from './form.js';
import { Badge, Section } from './parts.js';
import { ReleasePage } from './release-page.js';
import { dateTime } from './words.js';

/** One release as it goes, with what a person may do about it. */
export const LiveRelease = ({ api, id }: { api: Api; id: string }) => {
  const { data: view, trouble } = useFollowed<ReleaseView>(api, `/api/releases/${id}/view`, `/api/releases/${id}/events`);
  if (view === null) return <p role="status">{trouble ?? 'Loading …'}</p>;
  return (
    <>
      {trouble !== null && <p class="trouble">{trouble}</p>}
      <ReleasePage view={view} draw={drawChart}>
        {view.question && <Approval api={api} id={id} question={view.question} />}
        <Conversation api={api} id={id} />
        {view.state !== 'ended' || view.outcome === 'promoted' ? <WayBack api={api} view={view} /> : null}
      </ReleasePage>
    </>
  );
};

type Question = NonNullable<ReleaseView['question']>;

const Approval = ({ api, id, question }: { api: Api; id: string; question: Question }) => (
  <div class="card">
    <Section title="A person is asked">
      <p>
        <strong>{question.question}</strong>
        {question.note !== '' && ` Asked again: ${question.note}.`} The artifact is <code>{question.artifact.slice(0, 19)}</code>, the
        question <code>{question.digest.slice(0, 19)}</code>. {decides(question)}
        {question.approvedBy.length > 0 && `; ${question.approvedBy.join(' and ')} said yes`}, until {dateTime(question.expiresAt)} UTC.
        {question.requestedBy !== null && ` ${question.requestedBy} has asked for it.`}
      </p>
      <p>
        {question.gates.map(({ gate, outcome }) => (
          <span key={gate}>
            {gate} <Badge outcome={outcome} />{' '}
          </span>
        ))}
      </p>
      {question.changes !== null && (
        <p>
          Since the last release: {question.changes.files} files, +{question.changes.insertions} −{question.changes.deletions}
          {question.changes.features.length > 0 && `, features ${question.changes.features.join(', ')}`}.
        </p>
      )}
      <ul>
        {question.waived.map((waiver) => (
          <li key={waiver}>Waived: {waiver}</li>
        ))}
        {question.risks.map((risk) => (
          <li key={risk}>Risk: {risk}</li>
        ))}
        {question.waived.length + question.risks.length === 0 && <li>Risks: none known</li>}
      </ul>
      {question.rollback !== '' && <p>The way back: {question.rollback}.</p>}
      <Form
        label="Comment"
        optional
        actions={[
          { name: 'Approve', does: (comment) => api.post(`/api/releases/${id}/approve`, { digest: question.digest, comment }) },
          { name: 'Reject', danger: true, does: (comment) => api.post(`/api/releases/${id}/reject`, { digest: question.digest, comment }) },
        ]}
      />
      <p class="dim">
        Approve: production takes this artifact up, step by step, and goes back by itself at a breach. Reject: the release ends here and
        staging goes back to the version before.
      </p>
    </Section>
  </div>
);

const decides = ({ approvers, quorum }: Question): string =>
  approvers.length === 1 ? `${approvers.join('')} decides` : `${quorum} of ${approvers.join(', ')} decide${quorum === 1 ? 's' : ''}`;

const Conversation = ({ api, id }: { api: Api; id: string }) => {
  const [said, setSaid] = useState<{ asked: string; text: string; evidence: string[] }[]>([]);
  const ask = async (question: string) => {
    const { text, evidence } = await api.post<{ text: string; evidence: string[] }>('/api/ask', { question, release: id });
    setSaid((before) => [...before, { asked: question, text, evidence }]);
  };
  return (
    <div class="card">
      <Section title="Conversation">
        <div aria-live="polite">
          {said.map(({ asked, text, evidence }, index) => (
            <div key={index}>
              <p class="said">
                <strong>{asked}</strong>
              </p>
              <p class="said">{text}</p>
              {evidence.length > 0 && <p class="dim">Evidence: {evidence.map((digest) => digest.slice(7, 15)).join(', ')}</p>}
            </div>
          ))}
        </div>
        <Form label="Ask about this release, for example: why is it waiting?" actions={[{ name: 'Ask', does: ask }]} />
      </Section>
    </div>
  );
};

const WayBack = ({ api, view }: { api: Api; view: ReleaseView }) => (
  <details class="card">
    <summary>Stop or roll back</summary>
    <p class="dim">
      Roll back: all traffic goes to the version before, in both environments, at once. Resume: a release that has stopped goes on from its
      checkpoint.
    </p>
    <Form
      label="Reason"
      actions={[
        { name: 'Roll back', danger: true, does: (reason) => api.post(`/api/releases/${view.release}/rollback`, { reason }) },
        ...(view.state === 'waiting' && view.question === null
          ? [{ name: 'Resume', does: () => api.post(`/api/releases/${view.release}/resume`, {}) }]
          : []),
      ]}
    />
  </details>
);
