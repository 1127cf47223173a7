import type { AgentCard, AgentSkill } from '@a2a-js/sdk';
import type { StagingConfig } from '../../catalog/config.js';
import { version } from '../../catalog/version.js';

const text = ['text/plain'];

const skill = (id: string, name: string, description: string, examples: string[], inputModes = text): AgentSkill => ({
  ...{ id, name, description, examples, inputModes, outputModes: ['text/plain', 'application/json'] },
  ...{ tags: ['release', 'deployment', 'staging'], securityRequirements: [] },
});

/** What this agent can do, where it is reached, and that a bearer token says who asks. */
export const agentCard = ({ service }: StagingConfig, url: string): AgentCard => ({
  name: `Releases of ${service.name}`,
  description: `Takes versions of ${service.name} through a staging environment to production. Verdicts come from measurements; a person approves.`,
  version,
  provider: undefined,
  supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant: '' }],
  capabilities: { streaming: true, pushNotifications: false, extendedAgentCard: false, extensions: [] },
  securitySchemes: {
    bearer: {
      scheme: {
        $case: 'httpAuthSecurityScheme',
        value: { scheme: 'Bearer', bearerFormat: 'opaque', description: 'A token of the configuration; its roles say what it may do' },
      },
    },
  },
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
  defaultInputModes: text,
  defaultOutputModes: ['text/plain', 'application/json', 'text/html'],
  skills: [
    skill(
      'release',
      'Take a release through',
      'One sentence starts a task; where it is unclear, the answer is a question and nothing has begun',
      [`ship ${service.name} v2.2.0 to staging, promote it if it is healthy`],
    ),
    skill('ask', 'Answer about a release', 'Answers from the blackboard, with the evidence behind it', [
      'why is it waiting?',
      'is the error rate normal?',
    ]),
    skill(
      'decide',
      'Take a decision',
      'While a task is input-required: approve, reject, or roll back. Only the credential of an approver decides, bound to the question that was shown',
      ['approve 3f9a21c4', 'reject: not before Monday', '{"decision":"approved","digest":"sha256:…","comment":"looked at it"}'],
      ['text/plain', 'application/json'],
    ),
  ],
  signatures: [],
});
