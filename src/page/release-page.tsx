/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import type { ReleaseView } from '../desk/view/release-view.js';
import { Chart, type Draw } from './chart.js';
import { Badge, Digests, Section, Table } from './parts.js';
import { clockTime, dateTime, measured, millis, number, plain, seconds } from './words.js';

type Props = {
  view: ReleaseView;
  draw?: Draw | undefined;
  /** What a person may do here, where the page is live. */
  children?: ComponentChildren;
};

/** One release, live or frozen into a report. */
export const ReleasePage = ({ view, draw, children }: Props) => (
  <>
    <Header view={view} />
    {children}
    <Flow view={view} />
    <Gates view={view} />
    <Charts view={view} draw={draw} />
    <Criteria view={view} />
    <Plan view={view} />
    <Tests view={view} />
    <Deployments view={view} />
    <Board view={view} />
    <Timeline view={view} />
    <Evidence view={view} />
  </>
);

const Header = ({ view }: { view: ReleaseView }) => {
  const outcome = view.outcome ?? view.state;
  return (
    <header>
      <p class={`outcome ${outcome}`} role="status">
        {plain(outcome)}
      </p>
      <h1>
        {view.service} {view.version}
      </h1>
      <p>{view.reason}</p>
      <p class="dim">
        Release {view.release}, {dateTime(view.from)} to {clockTime(view.to)} UTC. Asked: “{view.asked}”.{' '}
        {view.simulated && <strong>Simulated: nothing real was deployed or measured. </strong>}
        Model: {view.model.name}
        {view.model.isLanguageModel ? '' : ' (the built-in runbook, not a language model)'}, {view.model.calls} calls, {view.model.credits}{' '}
        credits.
      </p>
    </header>
  );
};

/** Who is at work: the five agents in the order in which a release meets them, and the person where one is asked. */
const Flow = ({ view }: { view: ReleaseView }) => (
  <Section title="Agents">
    <ol class="flow">
      {view.agents.map((one) => (
        <li key={one.agent} class={one.active ? 'active' : one.at === null ? 'idle' : ''} aria-current={one.active ? 'step' : undefined}>
          <strong>{one.title}</strong>
          <span class="dim">{one.active ? 'at work' : one.at === null ? 'not yet' : clockTime(one.at)}</span>
          <p>{one.says || plain(one.routine)}</p>
        </li>
      ))}
      <li class={view.question === null ? 'idle' : 'active'} aria-current={view.question === null ? undefined : 'step'}>
        <strong>Approver</strong>
        <span class="dim">{view.question === null ? '' : 'is asked now'}</span>
        <p>{view.question?.question ?? ''}</p>
      </li>
    </ol>
  </Section>
);

const Gates = ({ view }: { view: ReleaseView }) =>
  view.gates.length === 0 ? null : (
    <Section title="Gates">
      {view.gates.map(({ gate, outcome, checks }) => (
        <div key={gate}>
          <h3>
            {plain(gate)} <Badge outcome={outcome} />
          </h3>
          <Table
            label={`Checks of the ${gate} gate`}
            heads={['check', 'outcome', 'value', 'target', 'why', 'evidence']}
            rows={checks.map((check) => [
              plain(check.check),
              <Badge outcome={check.outcome} />,
              measured(check.value, check.unit),
              check.target,
              <span class="long">{check.reason}</span>,
              <Digests digests={check.evidence} />,
            ])}
          />
        </div>
      ))}
    </Section>
  );

const Charts = ({ view, draw }: { view: ReleaseView; draw: Draw | undefined }) =>
  view.charts.length === 0 && view.load === null ? null : (
    <Section title="Measured">
      {view.charts.map((group) => (
        <div key={group.heading}>
          <h3>{group.heading}</h3>
          {group.notes.map((note) => (
            <p key={note} class="dim">
              {note}
            </p>
          ))}
          <div class="charts">
            {group.charts.map((chart) => (
              <Chart key={chart.title} chart={chart} draw={draw} />
            ))}
          </div>
        </div>
      ))}
      {view.load && (
        <>
          <h3>Load test</h3>
          <Table
            label="Load test"
            heads={['requests', 'per second', 'errors', 'average', 'p50', 'p95', 'p99', 'max']}
            rows={[
              [
                view.load.requests.toLocaleString('en'),
                number(view.load.throughputRps),
                `${(view.load.errorRate * 100).toFixed(3)} %`,
                ...(['average', 'p50', 'p95', 'p99', 'max'] as const).map((name) => millis(view.load?.latencyMs[name] ?? 0)),
              ],
            ]}
          />
        </>
      )}
    </Section>
  );

const Criteria = ({ view }: { view: ReleaseView }) => (
  <Section title="Success criteria">
    <Table
      label="Each success criterion"
      heads={['criterion', 'expected', 'actual', 'met']}
      rows={view.criteria.map((one) => [one.criterion, one.expected, one.actual, <Badge outcome={one.met ? 'passed' : 'failed'} />])}
    />
  </Section>
);

/** What is done in which order, and how each step goes back. */
const Plan = ({ view: { plan } }: { view: ReleaseView }) =>
  plan === null ? null : (
    <Section title="Plan">
      <p>
        {plain(plan.strategy)}: {plan.steps.join(', ')}. The way back: {plan.rollback}.
      </p>
      {plan.risks.length > 0 && (
        <ul>
          {plan.risks.map(({ risk, blocking }) => (
            <li key={risk}>
              {risk}
              {blocking && <strong> (blocks the release)</strong>}
            </li>
          ))}
        </ul>
      )}
      <Table
        label="Steps of the release"
        heads={['service', 'step', 'what', 'reversal', 'the way back']}
        rows={(plan.release ?? []).map((one) => [one.service, plain(one.step), one.what, plain(one.reversal), one.back])}
      />
    </Section>
  );

const Tests = ({ view }: { view: ReleaseView }) =>
  view.suites.length === 0 ? null : (
    <Section title="Tests">
      <Table
        label="Test suites"
        heads={['suite', 'target', 'outcome', 'passed', 'time', 'note', 'evidence']}
        rows={view.suites.map((one) => [
          one.suite,
          one.target,
          <Badge outcome={one.outcome} />,
          `${one.passed} of ${one.total}`,
          seconds(one.durationMs),
          one.reason,
          <Digests digests={[one.digest]} />,
        ])}
      />
      {view.failures.map((one, index) => (
        <details key={index}>
          <summary>
            {one.suite}: {one.test}
          </summary>
          <pre>{one.message}</pre>
        </details>
      ))}
    </Section>
  );

const Deployments = ({ view }: { view: ReleaseView }) =>
  view.deployments.length === 0 ? null : (
    <Section title="Deployments">
      <Table
        label="Deployments of this release"
        heads={['time', 'environment', 'version', 'took', 'status', 'who', 'why']}
        rows={view.deployments.map((one) => [
          clockTime(one.at),
          one.environment,
          one.version,
          seconds(one.durationMs),
          <Badge outcome={one.status} />,
          one.by ?? '',
          one.reason,
        ])}
      />
    </Section>
  );

const Board = ({ view }: { view: ReleaseView }) => (
  <Section title="Blackboard">
    {view.board.map((one) => (
      <details key={one.field}>
        <summary>
          <code>{one.field}</code> <span class="dim">{written(one)}</span>
        </summary>
        <p class="dim">
          {one.purpose}. Owner: {plain(one.owner)}.
        </p>
        <pre>{one.value}</pre>
      </details>
    ))}
  </Section>
);

const written = ({ by, at, writes }: ReleaseView['board'][number]): string =>
  at === null ? 'not written' : `by ${by} at ${clockTime(at)}${writes > 1 ? `, ${writes} times` : ''}`;

const Timeline = ({ view }: { view: ReleaseView }) => (
  <Section title="Timeline">
    <Table
      label="Rows of the journal that say something"
      heads={['#', 'time', 'who', 'what', 'said']}
      rows={view.timeline.map((one) => [String(one.sequence), clockTime(one.at), one.who, one.what, one.text])}
    />
  </Section>
);

const Evidence = ({ view }: { view: ReleaseView }) => (
  <Section title="Evidence">
    <p class="dim">
      {view.journal.rows} rows, chained; the last hash is <code>{view.journal.head}</code>.{' '}
      <code>langgraph-staging verify {view.release}</code> recomputes all of it.
    </p>
    <Table
      label="Each piece of evidence"
      heads={['#', 'tool', 'digest']}
      rows={view.evidence.map((one) => [String(one.sequence), one.tool, <code>{one.digest}</code>])}
    />
  </Section>
);
