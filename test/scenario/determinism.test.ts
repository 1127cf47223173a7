import type { BaseMessage } from '@langchain/core/messages';
import { expect, test } from 'vitest';
import { RunbookModel } from '../../src/agents/runbook-model.js';
import { ScenarioFactory } from '../../src/scenario/public.js';

/** A model that is slow to answer one agent, as a provider may be. */
class SlowFor extends RunbookModel {
  constructor(private readonly agent: string) {
    super();
  }

  override async _generate(messages: BaseMessage[]) {
    if (messages[0]?.text.includes(this.agent)) await new Promise((done) => setTimeout(done, 10));
    return super._generate(messages);
  }
}

const journalWith = async (model: RunbookModel) => {
  const scenario = new ScenarioFactory('breach-in-the-canary', { model });
  await scenario.setupScenario();
  await scenario.emitEvent('swarm/started', { task: 'rehearsal' });
  return scenario.journal.map((row) => JSON.stringify(row).replaceAll('SlowFor', 'runbook'));
};

test('whichever of two parallel agents is answered first, the journal is the same, byte for byte', async () => {
  const slowDeveloper = await journalWith(new SlowFor('You are the Feature Developer'));
  const slowMonitoring = await journalWith(new SlowFor('You are the Monitoring Specialist'));
  expect(slowMonitoring).toEqual(slowDeveloper);
});
